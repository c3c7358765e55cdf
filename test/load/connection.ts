import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.js';

type Waiting = (error: Error | undefined, status: number, body: Buffer) => void;

const nothing = Buffer.alloc(0);

/** A keep-alive connection that carries one request at a time, as bytes that are ready to send. */
export class Connection {
  private socket!: Socket;
  private waiting: Waiting | undefined;
  private readonly reader = new ResponseReader((status, body) => this.settle(undefined, status, body));

  private constructor() {}

  /** To a server on this machine. */
  static async open(port: number): Promise<Connection> {
    const connection = new Connection();
    // Reads into one buffer again and again: a chunk is not allocated for each answer.
    const onread = {
      buffer: Buffer.alloc(64 * 1024),
      callback: (length: number, buffer: Uint8Array) => connection.read(length, buffer),
    };
    connection.socket = connect({ host: '127.0.0.1', port, noDelay: true, onread });
    connection.socket.on('error', (error) => connection.settle(error, 0, nothing));
    connection.socket.on('close', () => connection.settle(new Error('The server closed the connection'), 0, nothing));
    await once(connection.socket, 'connect');
    return connection;
  }

  /** `onAnswer` is called once, with an error when no answer comes. The body is empty unless it is wanted. */
  send(request: Buffer, wantsBody: boolean, onAnswer: Waiting): void {
    if (this.waiting !== undefined) throw new Error('This connection still waits for an answer');
    this.waiting = onAnswer;
    this.reader.keepBody = wantsBody;
    this.socket.write(request);
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private read(length: number, buffer: Uint8Array): boolean {
    try {
      this.reader.push(Buffer.from(buffer.buffer, buffer.byteOffset, length));
    } catch (error) {
      this.socket.destroy(error as Error);
    }
    return true;
  }

  private settle(error: Error | undefined, status: number, body: Buffer): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.(error, status, body);
  }
}
