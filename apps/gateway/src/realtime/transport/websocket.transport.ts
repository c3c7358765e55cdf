import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Transport } from '../connection/connection.js';
import type { Frame } from '../connection/frame.js';
import { heartbeatSeconds } from '../delivery/hub.js';

const heartbeatMs = heartbeatSeconds * 1_000;
/** A client that has answered neither of two pings is gone. */
const silenceMs = 2 * heartbeatMs + 5_000;

/**
 * A client on a WebSocket. Frames are written to the socket as they are, framed once for all clients; the library
 * writes its own (pings, the close) whole and at once, so the two do not mix.
 */
export class WebSocketTransport implements Transport {
  private heardAt = Date.now();
  private pingedAt = Date.now();

  constructor(
    private readonly webSocket: WebSocket,
    private readonly socket: Duplex,
  ) {
    for (const sign of ['message', 'ping', 'pong'] as const) webSocket.on(sign, () => (this.heardAt = Date.now()));
  }

  write(frame: Frame): boolean {
    return this.webSocket.readyState !== WebSocket.OPEN || this.socket.write(frame.webSocket);
  }

  cork(): void {
    this.socket.cork();
  }

  uncork(): void {
    this.socket.uncork();
  }

  heartbeat(now: number): boolean {
    if (now - this.heardAt > silenceMs) return false;
    if (now - this.pingedAt >= heartbeatMs) {
      this.pingedAt = now;
      this.webSocket.ping();
    }
    return true;
  }

  close(code: number, reason: string): void {
    this.webSocket.close(code, reason);
  }

  terminate(): void {
    this.webSocket.terminate();
  }
}
