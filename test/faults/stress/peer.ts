import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import { eventually } from '#testing/eventually.js';

/** A frame as it came over the wire. */
export interface Frame {
  readonly type: string;
  readonly chat_id?: number;
  readonly seq?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

let lastRef = 0;

/** One bare WebSocket, which does nothing by itself and remembers every frame. */
export class Peer {
  readonly frames: Frame[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  /** The status of the answer to an upgrade that was refused. */
  refused: number | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.frames.push(JSON.parse(data.toString('utf8')) as Frame));
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString('utf8') }));
    socket.on('unexpected-response', (_, response) => {
      this.refused = response.statusCode;
      socket.terminate();
    });
    socket.on('error', () => undefined);
  }

  /** An open connection of nobody yet. */
  static async open(gateway: string, query = '', headers: Record<string, string> = {}): Promise<Peer> {
    const peer = new Peer(new WebSocket(`${gateway.replace('http', 'ws')}/ws${query}`, { headers }));
    const isSettled = () => peer.closed !== undefined || peer.socket.readyState === WebSocket.OPEN;
    await eventually(isSettled, 'a connection is opened or refused');
    return peer;
  }

  /** A connection that is told `ready`. */
  static async enter(gateway: string, token: string): Promise<Peer> {
    const peer = await Peer.open(gateway);
    peer.send({ type: 'auth', token });
    await peer.next(({ type }) => type === 'ready');
    return peer;
  }

  get heads(): Readonly<Record<string, number>> {
    return this.ready['heads'] as Record<string, number>;
  }

  get epoch(): number {
    return this.ready['epoch'] as number;
  }

  send(frame: object | string | Buffer): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Bytes past the library, as no client of its would send them. */
  sendBytes(bytes: Buffer): void {
    (this.socket as unknown as { _socket: NodeJS.WritableStream })._socket.write(bytes);
  }

  /** The first frame, past or coming, that matches. */
  next(matches: (frame: Frame) => boolean): Promise<Frame> {
    return eventually(() => {
      const found = this.frames.find(matches);
      assert.ok(found !== undefined || this.closed === undefined, `closed with ${this.closed?.code}`);
      return found;
    }, 'a frame comes');
  }

  /** What the server answers to a frame. */
  ask(frame: object): Promise<Frame> {
    const ref = `r${++lastRef}`;
    this.send({ ...frame, ref });
    return this.next(({ data }) => data?.['ref'] === ref);
  }

  /** The code of the error with which a frame is answered. */
  async refusal(frame: object): Promise<string> {
    const { type, data } = await this.ask(frame);
    assert.equal(type, 'error');
    return (data['error'] as { code: string }).code;
  }

  async resume(cursors: Readonly<Record<string, number>>, epoch = this.epoch): Promise<Frame> {
    return this.ask({ type: 'resume', epoch, cursors });
  }

  /** Places of a chat's log that were sent, in their order. */
  seqs(chat: number): number[] {
    return this.frames.flatMap(({ chat_id, seq }) => (chat_id === chat && seq !== undefined ? [seq] : []));
  }

  async reaches(chat: number, seq: number, withinMs = 20_000): Promise<void> {
    await eventually(() => this.seqs(chat).includes(seq), `entry ${seq} comes`, withinMs);
  }

  closing(timeoutMs?: number): Promise<{ readonly code: number; readonly reason: string }> {
    return eventually(() => this.closed, 'the server closes', timeoutMs);
  }

  async leave(): Promise<void> {
    this.socket.terminate();
    await this.closing();
  }

  private get ready(): Frame['data'] {
    const ready = this.frames.find(({ type }) => type === 'ready');
    assert.ok(ready);
    return ready.data;
  }
}
