import { WebSocket } from 'ws';
import { socketUrl } from './client.js';

/** A frame as it came over the wire. */
export interface Frame {
  type: string;
  chat_id?: number;
  seq?: number;
  data: Record<string, unknown> & { ref?: unknown };
}

/** A WebSocket client that remembers every frame and lets a test wait for one. */
export class Socket {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | undefined;
  /** The status of the answer to an upgrade that was refused. */
  refused: number | undefined;
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString('utf8')) as Frame);
      this.wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString('utf8') };
      this.wake();
    });
    socket.on('unexpected-response', (_, response) => {
      this.refused = response.statusCode;
      socket.terminate();
    });
    socket.on('error', () => undefined);
  }

  /** Opens a connection without signing in. */
  static async open(query = '', headers: Record<string, string> = {}, url = socketUrl): Promise<Socket> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws${query}`, { headers });
    const opened = new Socket(socket);
    await new Promise((resolve) => socket.once('open', resolve).once('close', resolve));
    return opened;
  }

  /** Opens a connection, signs in and waits for `ready`. */
  static async connect(token: string, url = socketUrl): Promise<Socket> {
    const socket = await Socket.open('', {}, url);
    socket.send({ type: 'auth', token });
    await socket.next((frame) => frame.type === 'ready');
    return socket;
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  sendBinary(bytes: Buffer): void {
    this.socket.send(bytes, { binary: true });
  }

  /** The first frame, past or coming, that matches. */
  async next(matches: (frame: Frame) => boolean, timeoutMs = 10_000): Promise<Frame> {
    let found: Frame | undefined;
    await this.until(() => (found = this.frames.find(matches)) !== undefined, timeoutMs);
    return found as Frame;
  }

  async untilClosed(timeoutMs = 10_000): Promise<{ code: number; reason: string }> {
    await this.until(() => this.closed !== undefined, timeoutMs);
    return this.closed as { code: number; reason: string };
  }

  /** Durable frames of a chat, in the order of arrival. */
  entries(chatId: number): Frame[] {
    return this.frames.filter((frame) => frame.chat_id === chatId && frame.seq !== undefined);
  }

  async until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!condition()) {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`Nothing that was waited for came. Frames: ${JSON.stringify(this.frames.slice(-5))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, left);
        const { waiting } = this;
        function done() {
          clearTimeout(timer);
          waiting.delete(done);
          resolve();
        }
        waiting.add(done);
      });
    }
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.untilClosed();
  }

  /** As a network that goes away without a word. */
  terminate(): void {
    this.socket.terminate();
  }

  private wake(): void {
    for (const resolve of [...this.waiting]) resolve();
  }
}
