import type { LogEntry, LogPage } from '#contracts/log.contract.js';
import { LogOrder } from '#domain/log-order.js';
import { Logger } from '#telemetry/logger.js';
import type { ChatReader } from './chat-reader.js';
import type { Connection } from '../connection/connection.js';
import { EntryFrame } from '../connection/frame.js';
import type { LogSource } from './log-source.js';

const logger = new Logger('gateway.delivery');

const done = Promise.resolve();

/** More changes than these are not sent again: the client is told of a gap and pages over HTTP. */
const longestCatchUp = 200;

/** Entries that are held for a connection while it catches up. */
const mostHeld = 256;

/** What a delivery needs of the chat that it belongs to. */
export interface DeliveryRoom {
  readonly reader: ChatReader;
  readonly source: LogSource;
  /** Whether the message service lets the user read the chat now; waits until that can be told. */
  mayRead(connection: Connection): Promise<boolean>;
  /** The user's stay has ended and its last entry is sent. */
  left(delivery: Delivery): void;
}

/**
 * The way of one connection through the log of one chat. It is sent exactly the entries of its user's stays, in order:
 * as the room's reader forwards them, or from the log where the reader is ahead of it.
 */
export class Delivery {
  /** When the user was last known to join, by `performance.now()`. */
  knownSince = performance.now();
  private position = 0;
  private joinedSeq = 1;
  /** Where the newest stay began that the message service has told of. */
  private awaitedSeq = 0;
  /** What the reader forwards while the connection is not live. */
  private held: LogOrder<EntryFrame> | undefined = new LogOrder(mostHeld);
  private present = true;
  /** Where it was when the user was shut out although the log does not say yet that they left. */
  private suspendedAt: number | undefined;
  private runs = 0;
  /** The newest run; undefined where it stands and waits for one. */
  private running: Promise<void> | undefined;

  /** Sends nothing until it is started. */
  constructor(
    readonly connection: Connection,
    private room: DeliveryRoom,
  ) {}

  /** Whether the user is a member, as far as this connection has come. */
  get isPresent(): boolean {
    return this.present && this.suspendedAt === undefined;
  }

  /** Whether the entry has been sent, or was not for the user. */
  hasPassed(seq: number): boolean {
    return seq <= this.position;
  }

  /** The room's reader has forwarded entries. */
  receive(frames: readonly EntryFrame[]): void {
    const { connection } = this;
    if (frames.length > 1) connection.cork();
    for (const frame of frames) this.receiveOne(frame);
    if (frames.length > 1) connection.uncork();
  }

  private receiveOne(frame: EntryFrame): void {
    if (this.held !== undefined) this.held.add(frame);
    else if (frame.seq === this.position + 1) {
      this.pass(frame);
      this.leaveIfGone();
    } else if (frame.seq > this.position) void this.run(this.position);
  }

  /** Where a start will begin, in a stay that began with entry `joinedSeq`. */
  standAt(joinedSeq: number, position: number): void {
    this.joinedSeq = joinedSeq;
    this.position = position;
  }

  /** Starts where it stands, unless it has been started or the client has named a position. */
  start(): void {
    if (this.runs === 0) void this.run(this.position);
  }

  /** Is live at once: the user joins with entry `seq`, which the room's reader forwards next. */
  joinAt(seq: number, room: DeliveryRoom): void {
    this.runs += 1;
    this.running = done;
    this.enter(seq, room);
    this.position = seq - 1;
    this.held = undefined;
  }

  /** The message service counts the user as a member since entry `joinedSeq`; true when this begins a stay here. */
  confirm(joinedSeq: number, room: DeliveryRoom): boolean {
    if (this.isPresent) return false;
    const isOver = !this.present && joinedSeq <= this.position;
    if (isOver) return false;
    const start = this.present ? (this.suspendedAt ?? this.position) : joinedSeq - 1;
    this.enter(joinedSeq, room);
    void this.run(start);
    return true;
  }

  /** A newer stay than the present one may have begun: the end of this one is then not the end. */
  awaitStay(joinedSeq: number): void {
    this.awaitedSeq = Math.max(this.awaitedSeq, joinedSeq);
  }

  /** The message service does not count the user as a member, but the log does not say so: only that is sent still. */
  suspend(): void {
    this.suspendedAt ??= this.position;
  }

  /** The client has applied the log up to `position`: `caughtUp` sends what follows, again if need be. */
  returnTo(position: number): void {
    const start = this.joinedSeq - 1;
    if (position < start) this.sayGap(position, start);
    this.waitAt(Math.max(position, start));
  }

  /** The client returns with a position that means nothing any more: `caughtUp` goes on from the end. */
  reset(): void {
    const end = Math.max(this.room.reader.position ?? 0, this.joinedSeq - 1);
    if (end > 0) this.sayGap(0, end);
    this.waitAt(end);
  }

  /** Sends nothing from now on, but holds what is forwarded, until the next run begins there. */
  private waitAt(position: number): void {
    this.runs += 1;
    this.running = undefined;
    this.position = position;
    this.held ??= new LogOrder(mostHeld);
  }

  private enter(joinedSeq: number, room: DeliveryRoom): void {
    this.room = room;
    this.joinedSeq = joinedSeq;
    this.present = true;
    this.suspendedAt = undefined;
    this.knownSince = performance.now();
  }

  /** Resolves when it has come as far as the room's reader was. */
  async caughtUp(): Promise<void> {
    await (this.running ?? this.run(this.position));
  }

  /** A later run ends an earlier one. */
  private run(position: number): Promise<void> {
    this.running = this.catchUp(position).catch((error: unknown) => {
      logger.error('A connection could not catch up', error, { chat_id: this.room.reader.chatId });
      this.connection.restart();
    });
    return this.running;
  }

  /** Reads until the room's reader is reached. */
  private async catchUp(position: number): Promise<void> {
    const run = ++this.runs;
    const isWanted = () => run === this.runs && this.connection.isOpen;
    const { reader, source } = this.room;
    const held = (this.held ??= new LogOrder(mostHeld));
    this.position = position;
    held.startAt(position);
    for (let isKnown = false; ; isKnown = true) {
      for (const frame of held.ready()) this.pass(frame);
      const ahead = this.position - (reader.position ?? 0);
      if (ahead === 0 || (ahead > 0 && isKnown)) break;
      await this.connection.whenRoomy();
      const page = await source.read(reader.chatId, this.position, isWanted);
      if (page === undefined || !isWanted()) return;
      await this.takeIn(page, isWanted);
      if (!isWanted()) return;
      held.startAt(this.position);
    }
    this.held = undefined;
    this.leaveIfGone();
  }

  private async takeIn({ entries, last_seq }: LogPage, isWanted: () => boolean): Promise<void> {
    const missing = last_seq - this.position;
    if (missing < 0) this.skipTo(last_seq, 0);
    else if (missing <= longestCatchUp || !this.isPresent) await this.passAll(entries, isWanted);
    // What is skipped may hold the end of the stay.
    else if (await this.room.mayRead(this.connection)) {
      if (isWanted()) this.skipTo(last_seq, this.position);
    } else this.suspend();
  }

  /** At the pace of the client: what it is to catch up with must not be what makes it too slow. */
  private async passAll(entries: readonly LogEntry[], isWanted: () => boolean): Promise<void> {
    for (const entry of entries) {
      if (!this.connection.isRoomy) await this.connection.whenRoomy();
      if (!isWanted()) return;
      this.pass(EntryFrame.of(entry));
    }
  }

  private skipTo(end: number, from: number): void {
    this.sayGap(from, end);
    this.position = end;
  }

  private pass(frame: EntryFrame): void {
    this.position = frame.seq;
    const effect = frame.effectOn(this.connection.userId);
    if (effect === 'joins') this.enter(frame.seq, this.room);
    if (this.present && (this.suspendedAt === undefined || effect === 'leaves')) this.connection.send(frame);
    if (effect === 'leaves') this.present = false;
  }

  private leaveIfGone(): void {
    if (!this.present && this.awaitedSeq <= this.position) this.room.left(this);
  }

  private sayGap(from: number, to: number): void {
    this.connection.say({ type: 'gap', data: { chat_id: this.room.reader.chatId, from, to } });
  }
}
