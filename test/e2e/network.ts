import { WebSocket } from 'ws';
import type { WebSocketClass } from '#client/websocket-link.js';

/** A client's way to the server, which can be cut: real connections that end in the middle, and answers that get lost. */
export class Network {
  /** For the options of a client. */
  readonly WebSocket: WebSocketClass;
  private readonly open = new Set<WebSocket>();
  private losing = 0;
  private isDown = false;

  constructor() {
    const { open } = this;
    this.WebSocket = class extends WebSocket {
      constructor(url: string) {
        super(url);
        open.add(this);
        this.once('close', () => open.delete(this));
      }
    };
  }

  /** For the options of a client. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    if (this.isDown) throw new TypeError('The network is down');
    const response = await globalThis.fetch(input, init);
    if (this.losing > 0) {
      this.losing -= 1;
      await response.body?.cancel();
      throw new TypeError('The answer is lost');
    }
    return response;
  };

  /** Ends every WebSocket at once, without a close. */
  cut(): void {
    for (const socket of this.open) socket.terminate();
  }

  /** Nothing goes through until it is up again. */
  down(): void {
    this.isDown = true;
    this.cut();
  }

  up(): void {
    this.isDown = false;
  }

  /** The server gets the next so many calls, and its answers are lost. */
  loseAnswers(count: number): void {
    this.losing = count;
  }
}
