import { RawSocket, type RawSocketListener } from '../raw-socket.js';
import { readEntry, type EntryHead } from './entry.js';
import type { Opening, Place } from './orders.js';

const answerMs = 60_000;
/** The chat's own frames come between; whatever else is asked for has a number. */
const resumeRef = 1;
/** Used again for every frame. */
const head: EntryHead = { isMessage: false, chatId: 0, seq: 0 };

interface ServerFrame {
  readonly type: string;
  readonly data: { ref?: unknown; epoch: number; heads: Record<string, number>; from: number; to: number; seq: number };
}

/** One socket of a crowd, and how far it is in the log of the chat. */
export class Member implements RawSocketListener {
  /** Hears of each message with how many came before it since the last `restartCount`. */
  onMessage: ((nth: number, member: Member) => void) | undefined;
  private socket: RawSocket | undefined;
  private count = 0;
  private position = 0;
  private epoch = 0;
  private wrong = 0;
  private readonly gaps: [number, number][] = [];
  private closeCode: number | undefined;
  private readonly ended: (() => void)[] = [];
  private answer: { take(frame: ServerFrame): boolean; fail(error: Error): void } | undefined;

  constructor(
    private readonly opening: Opening,
    private readonly token: string | undefined,
  ) {}

  /** Connects, and signs in where there is a token. */
  async open(): Promise<void> {
    const { port, path, chatId } = this.opening;
    this.closeCode = undefined;
    this.socket = await RawSocket.open(port, path, this);
    if (this.token === undefined) return;
    this.socket.send(JSON.stringify({ type: 'auth', token: this.token }));
    const { epoch, heads } = (await this.next(({ type }) => type === 'ready')).data;
    if (this.epoch === 0) this.position = heads[chatId] ?? 0;
    this.epoch = epoch;
  }

  /** Connects anew and is sent what it has missed. */
  async resume(): Promise<void> {
    await this.open();
    const cursors = { [this.opening.chatId]: this.position };
    this.send(JSON.stringify({ type: 'resume', ref: resumeRef, epoch: this.epoch, cursors }));
    const { type } = await this.next(({ data }) => data.ref === resumeRef);
    if (type !== 'ack') throw new Error(`A resume was answered by ${type}`);
  }

  send(text: string): void {
    this.socket!.send(text);
  }

  pause(): void {
    this.socket!.pause();
  }

  /** Reads until the server ends the connection. */
  async drain(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.ended.push(resolve));
    this.socket!.resume();
    if (this.closeCode === undefined) await ended;
  }

  cut(): void {
    if (this.closeCode === undefined) this.socket?.cut();
  }

  restartCount(): void {
    this.count = 0;
  }

  place(): Place {
    const { position, wrong, gaps, closeCode } = this;
    return { position, wrong, gaps, ...(closeCode !== undefined && { closeCode }) };
  }

  onText(_socket: RawSocket, bytes: Buffer, start: number, end: number): void {
    if (readEntry(bytes, start, end, head)) this.advance();
    else if (this.token !== undefined) this.hear(JSON.parse(bytes.toString('utf8', start, end)) as ServerFrame);
  }

  onEnd(socket: RawSocket, code: number): void {
    if (socket !== this.socket) return;
    this.closeCode = code;
    this.answer?.fail(new Error(`The connection was closed with ${code}`));
    for (const resolve of this.ended.splice(0)) resolve();
  }

  private advance(): void {
    if (head.chatId !== this.opening.chatId) return;
    if (this.token !== undefined) {
      // A bare server sends the same bytes over and over.
      if (head.seq !== this.position + 1) this.wrong += 1;
      this.position = Math.max(this.position, head.seq);
    }
    if (head.isMessage) this.onMessage?.(this.count++, this);
  }

  private hear(frame: ServerFrame): void {
    if (this.answer?.take(frame) === true) return;
    if (frame.type === 'error') throw new Error(`The server refused: ${JSON.stringify(frame.data)}`);
    if (frame.type === 'gap') this.skip(frame.data.from, frame.data.to);
    // A slow client is told where a log ends in the place of its entries.
    if (frame.type === 'head' && frame.data.seq > this.position) this.skip(this.position, frame.data.seq);
  }

  private skip(from: number, to: number): void {
    this.gaps.push([from, to]);
    this.position = to;
  }

  /** The next frame that matches. */
  private next(matches: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    return new Promise<ServerFrame>((resolve, reject) => {
      const timer = setTimeout(() => this.answer?.fail(new Error('No answer came over a socket')), answerMs);
      const settle = () => {
        clearTimeout(timer);
        this.answer = undefined;
      };
      this.answer = {
        take: (frame) => {
          if (!matches(frame)) return false;
          settle();
          resolve(frame);
          return true;
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
    });
  }
}
