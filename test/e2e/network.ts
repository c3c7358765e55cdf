import { WebSocket } from 'ws';
import type { WebSocketClass } from '#client/websocket-link.js';

/** A client's way to the server, which can be cut: real connections that end in the middle, and answers that get lost. */
export class Network {
  /** For the options of a client. */
  readonly WebSocket: WebSocketClass;
  /** Answers that got lost so far. */
  lost = 0;
  /** Calls so far, as `POST /api/messages`. */
  readonly calls: string[] = [];
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
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    this.calls.push(`${init?.method ?? 'GET'} ${pathname}`);
    if (this.isDown) throw new TypeError('The network is down');
    const response = await globalThis.fetch(input, init);
    if (this.losing > 0) {
      this.losing -= 1;
      this.lost += 1;
      await response.body?.cancel();
      throw new TypeError('The answer is lost');
    }
    return response;
  };

  /** Ends every WebSocket at once, without a close. */
  cut(): void {
    for (const socket of this.open) socket.terminate();
  }

  /** Nothing goes through any more. */
  down(): void {
    this.isDown = true;
    this.cut();
  }

  /** The server gets the next so many calls, and its answers are lost. */
  loseAnswers(count: number): void {
    this.losing = count;
  }
}
