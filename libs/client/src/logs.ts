import { FechatterError } from '#contracts/error.js';
import type { ServerFrame } from '#contracts/frame.js';
import type { LogEntry, LogPage } from '#contracts/log.contract.js';
import { ChatLog, type LogHost } from './chat-log.js';
import type { Clock } from './clock.js';
import type { Emitter } from './emitter.js';
import type { ClientEvents, Counters } from './events.js';

/** How far a client has come in each chat, by chat id. Good for another client of the same user to go on from. */
export interface Positions {
  readonly epoch: number;
  readonly cursors: Readonly<Record<string, number>>;
}

/** What the logs need. */
export interface LogsHost {
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: Emitter<ClientEvents>;
  readonly counters: Counters;
  /** A page of the log of a chat after a seq. */
  read(chatId: number, after: number): Promise<LogPage>;
}

type Ready = Extract<ServerFrame, { type: 'ready' }>['data'];

/** The logs of all chats of the user. */
export class Logs implements LogHost {
  readonly clock: Clock;
  readonly random: () => number;
  /** Only while connected, and not while the server sends again what was missed. */
  mayFetch = false;
  private readonly logs = new Map<number, ChatLog>();
  private readonly absent = new Set<number>();
  private epoch: number | undefined;
  private userId: number | undefined;
  private reads: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly host: LogsHost,
    start: Positions | undefined,
  ) {
    this.clock = host.clock;
    this.random = host.random;
    this.epoch = start?.epoch;
    for (const [id, position] of Object.entries(start?.cursors ?? {})) this.open(Number(id), position, false);
  }

  /** Undefined before the first connection. */
  get positions(): Positions | undefined {
    if (this.epoch === undefined) return undefined;
    const cursors = Object.fromEntries([...this.logs].map(([id, { position }]) => [String(id), position]));
    return { epoch: this.epoch, cursors };
  }

  /** A connection is open. Answers the positions that differ from its heads, for `resume`. */
  ready({ epoch, heads, user_id }: Ready): Map<number, number> {
    if (this.userId !== undefined && this.userId !== user_id) this.forget();
    this.userId = user_id;
    const isFirst = this.epoch === undefined;
    const isForeign = !isFirst && this.epoch !== epoch;
    this.epoch = epoch;
    const listed = new Map(Object.entries(heads).map(([id, head]) => [Number(id), head]));
    const behind = new Map<number, number>();
    for (const [chatId, head] of listed) {
      this.absent.delete(chatId);
      // Whoever has been away finds the chats that they joined meanwhile as new ones.
      const log = this.logs.get(chatId) ?? this.open(chatId, isFirst ? head : 0, !isFirst);
      if (isForeign) log.reset(head);
      if (log.position === head) continue;
      behind.set(chatId, log.position);
      log.expect(head);
    }
    this.tellLeft(listed);
    return behind;
  }

  /** What the server was to send again has come; where something is still missing it is fetched. */
  resumed(): void {
    this.mayFetch = true;
    for (const log of this.logs.values()) log.look();
  }

  /** The connection is gone. */
  disconnected(): void {
    this.mayFetch = false;
    for (const log of this.logs.values()) log.look();
  }

  take(entry: LogEntry): void {
    this.host.counters.received += 1;
    this.at(entry.chat_id).take(entry);
  }

  gap({ chat_id, to }: { chat_id: number; to: number }): void {
    this.host.counters.gaps += 1;
    this.at(chat_id).gap(to);
  }

  /** The server sends this in place of entries. */
  head({ chat_id, seq }: { chat_id: number; seq: number }): void {
    this.at(chat_id).expect(seq);
  }

  /** Whoever signs in next starts anew. */
  forget(): void {
    for (const log of this.logs.values()) log.close();
    this.logs.clear();
    this.absent.clear();
    this.epoch = undefined;
  }

  /** One page at a time, however many chats have missed something. */
  async read(chatId: number, after: number): Promise<LogPage> {
    const reading = this.reads.then(() => this.host.read(chatId, after));
    this.reads = reading.catch(() => undefined);
    const page = await reading;
    // The gateway asks for a new connection when it hears of another epoch.
    if (page.epoch !== this.epoch) throw new FechatterError('UNAVAILABLE', 'The server has been restored.');
    return page;
  }

  effectOf({ type, data }: LogEntry): 'joins' | 'leaves' | 'nothing' {
    if (type === 'chat.deleted') return 'leaves';
    if (type === 'member.removed') return data.user_id === this.userId ? 'leaves' : 'nothing';
    const joining = type === 'member.added' ? [data.member] : type === 'chat.created' ? data.members : [];
    return joining.some(({ user_id }) => user_id === this.userId) ? 'joins' : 'nothing';
  }

  applied(entry: LogEntry): void {
    this.host.counters.applied += 1;
    this.host.events.emit('entry', entry);
    const effect = this.effectOf(entry);
    if (effect === 'joins') this.absent.delete(entry.chat_id);
    if (effect === 'leaves') this.left(entry.chat_id);
  }

  skipped(chatId: number, from: number, to: number): void {
    this.host.events.emit('skipped', { chat_id: chatId, from, to });
  }

  /** Keeps the position: whoever is let in again has a right to the end of the stay that they missed. */
  left(chatId: number): void {
    if (this.absent.has(chatId)) return;
    this.absent.add(chatId);
    this.host.events.emit('left', { chat_id: chatId });
  }

  count(what: 'duplicates' | 'fetched' | 'holes'): void {
    this.host.counters[what] += 1;
  }

  private at(chatId: number): ChatLog {
    return this.logs.get(chatId) ?? this.open(chatId, 0, true);
  }

  private open(chatId: number, position: number, isAway: boolean): ChatLog {
    const log = new ChatLog(chatId, position, isAway, this);
    this.logs.set(chatId, log);
    return log;
  }

  private tellLeft(listed: ReadonlyMap<number, number>): void {
    for (const [chatId, { isAway }] of this.logs) {
      if (!isAway && !listed.has(chatId)) this.left(chatId);
    }
  }
}
