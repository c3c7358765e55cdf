import { connect, type Socket } from 'node:net';
import { clientFrame, FrameReader } from './frame-reader.js';

const endOfHead = '\r\n\r\n';
/** One buffer for all: what was read is used before the next socket is read. */
const shared = Buffer.alloc(64 * 1024);

export interface RawSocketListener {
  /** A text frame, as in FrameListener. */
  onText(socket: RawSocket, bytes: Buffer, start: number, end: number): void;
  /** The connection has ended: with the code of the server's close frame, or 1006 without one. */
  onEnd?(socket: RawSocket, code: number): void;
}

/** A WebSocket client that does so little that thousands of them leave the machine to the server that is measured. */
export class RawSocket {
  private socket!: Socket;
  private readonly reader: FrameReader;
  private upgraded = false;
  private closeCode = 1006;
  private opened!: (error?: Error) => void;

  private constructor(private readonly listener: RawSocketListener) {
    this.reader = new FrameReader({
      onText: (bytes, start, end) => listener.onText(this, bytes, start, end),
      onPing: (payload) => this.socket.write(clientFrame(Buffer.from(payload), 'pong')),
      onClose: (code) => this.end(code),
    });
  }

  /** To a server on this machine. Rejects when the server refuses the upgrade. */
  static async open(port: number, path: string, listener: RawSocketListener): Promise<RawSocket> {
    const raw = new RawSocket(listener);
    await new Promise<void>((resolve, reject) => {
      raw.opened = (error) => (error === undefined ? resolve() : reject(error));
      raw.connect(port, path);
    });
    return raw;
  }

  send(text: string): void {
    this.socket.write(clientFrame(text));
  }

  /** Bytes that `clientFrame` has made. */
  write(framed: Buffer): void {
    this.socket.write(framed);
  }

  /** From now on the kernel keeps what the server sends, as long as it can. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Ends without a word, as a network that is cut: the server sees a reset. */
  cut(): void {
    this.socket.resetAndDestroy();
  }

  private connect(port: number, path: string): void {
    const onread = { buffer: shared, callback: (length: number) => this.read(length) };
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true, onread });
    this.socket.on('error', (error) => this.opened(error));
    this.socket.on('close', () => {
      this.opened(new Error('The server closed the connection'));
      this.listener.onEnd?.(this, this.closeCode);
    });
    this.socket.write(
      [
        `GET ${path} HTTP/1.1`,
        'Host: 127.0.0.1',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        // Any 16 bytes do. What the server makes of them is not checked.
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        endOfHead.slice(2),
      ].join('\r\n'),
    );
  }

  /** What the listener throws ends the process: a load that went wrong is none. */
  private read(length: number): boolean {
    const bytes = shared.subarray(0, length);
    if (this.upgraded) this.reader.push(bytes);
    else this.readHead(bytes);
    return true;
  }

  /** Our servers send it in one piece. */
  private readHead(bytes: Buffer): void {
    const end = bytes.indexOf(endOfHead, 0, 'latin1');
    const head = bytes.toString('latin1', 0, Math.max(end, 0));
    if (!head.startsWith('HTTP/1.1 101 ')) {
      this.opened(new Error(`The upgrade was refused: ${bytes.toString('latin1', 0, 80)}`));
      this.socket.destroy();
      return;
    }
    this.upgraded = true;
    this.opened();
    if (end + 4 < bytes.length) this.reader.push(Buffer.from(bytes.subarray(end + 4)));
  }

  private end(code: number): void {
    this.closeCode = code;
    this.socket.end();
  }
}
