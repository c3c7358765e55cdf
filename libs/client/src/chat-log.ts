import { FechatterError } from '#contracts/error.js';
import type { LogEntry, LogPage } from '#contracts/log.contract.js';
import { LogOrder } from '#domain/log-order.js';
import { Backoff } from './backoff.js';
import { Pause, type Clock } from './clock.js';

/** Entries that are held while what comes before them is fetched. */
const mostHeld = 256;
/** Whoever has missed more than that reads pages instead of the log. */
const mostFetched = 2_000;
/** A head may run ahead for so long before the log is fetched. */
const patienceMs = 1_000;
const firstRetryMs = 1_000;

/** What the log of a chat needs of its surroundings. */
export interface LogHost {
  readonly clock: Clock;
  readonly random: () => number;
  /** While it is false nothing is fetched: what is missing may be on its way. */
  readonly mayFetch: boolean;
  read(chatId: number, after: number): Promise<LogPage>;
  /** Whether the user's stay begins or ends with the entry. */
  effectOf(entry: LogEntry): 'joins' | 'leaves' | 'nothing';
  applied(entry: LogEntry): void;
  /** Entries that the user need not or cannot have: whoever shows the chat reads it anew. */
  skipped(chatId: number, from: number, to: number): void;
  /** The user turns out to be no member any more. */
  left(chatId: number): void;
  count(what: 'duplicates' | 'fetched' | 'holes'): void;
}

/**
 * This client's way through the log of one chat: applies the next entry, drops what it has, fetches what it misses, from
 * where the user joined to where they left.
 */
export class ChatLog {
  private readonly order = new LogOrder<LogEntry>(mostHeld);
  private readonly pause: Pause;
  /** The log is known to reach so far. */
  private end: number;
  private fetching = false;
  private closed = false;
  private cancelLook: (() => void) | undefined;

  /** `away`: the user's next stay begins with what comes next. */
  constructor(
    readonly chatId: number,
    position: number,
    private away: boolean,
    private readonly host: LogHost,
  ) {
    this.order.startAt(position);
    this.end = position;
    this.pause = new Pause(host.clock);
  }

  /** The last entry that was applied, or that was not for the user. */
  get position(): number {
    return this.order.position ?? 0;
  }

  /** The user's stay is over, or has not begun. */
  get isAway(): boolean {
    return this.away;
  }

  /** An entry has come over the wire. */
  take(entry: LogEntry): void {
    if (entry.seq <= this.position) {
      this.host.count('duplicates');
      return;
    }
    // What lies before the first stay is not for the user. Before a later one there may be one that was missed.
    const isFirst = this.position === 0 && this.end === 0 && this.host.effectOf(entry) === 'joins';
    if (isFirst) this.order.startAt(entry.seq - 1);
    this.end = Math.max(this.end, entry.seq);
    this.order.add(entry);
    this.applyHeld();
    if (this.order.isWaiting) this.host.count('holes');
    this.look();
  }

  /** The log is known to reach to `head`; what is missing should be on its way. */
  expect(head: number): void {
    this.end = Math.max(this.end, head);
    this.look();
  }

  /** The server does not send the entries up to `to` by itself. */
  gap(to: number): void {
    this.end = Math.max(this.end, to);
    if (to !== this.position) this.fetch();
  }

  /** Positions mean nothing any more: goes on after `head`. */
  reset(head: number): void {
    this.end = head;
    this.away = false;
    this.order.startAt(head);
    this.host.skipped(this.chatId, 0, head);
  }

  /** Fetches what is missing: at once after a hole, else when nothing has come for a second. */
  look(): void {
    this.cancelLook?.();
    this.cancelLook = undefined;
    const isComplete = this.position >= this.end && !this.order.isWaiting;
    if (this.closed || isComplete || !this.host.mayFetch) return;
    if (this.order.isWaiting) this.fetch();
    else this.cancelLook = this.host.clock.after(patienceMs, () => this.fetch());
  }

  close(): void {
    this.closed = true;
    this.cancelLook?.();
    this.pause.wake();
  }

  private applyHeld(): void {
    for (const entry of this.order.ready()) {
      const effect = this.host.effectOf(entry);
      // What happened while they were no member.
      if (this.away && effect !== 'joins') continue;
      this.away = effect === 'leaves';
      this.host.applied(entry);
    }
  }

  private fetch(): void {
    if (this.fetching || this.closed) return;
    this.fetching = true;
    void this.catchUp().finally(() => {
      this.fetching = false;
      this.look();
    });
  }

  private async catchUp(): Promise<void> {
    const backoff = new Backoff(firstRetryMs, this.host.random);
    do {
      try {
        await this.fetchAll();
        return;
      } catch (error) {
        const code = error instanceof FechatterError ? error.code : 'INTERNAL_ERROR';
        if (code === 'UNAUTHORIZED') return;
        if (code === 'NOT_FOUND' || code === 'FORBIDDEN') {
          this.giveUp();
          return;
        }
        await this.pause.wait(waitOf(error) ?? backoff.next());
      }
    } while (this.host.mayFetch && !this.closed);
  }

  private async fetchAll(): Promise<void> {
    if (this.end - this.position > mostFetched) {
      this.away = false;
      this.skipTo((this.order.firstHeld ?? this.end + 1) - 1);
    }
    for (;;) {
      const expected = this.end;
      const after = this.position;
      const page = await this.host.read(this.chatId, after);
      if (this.closed) return;
      // What came over the wire meanwhile does not make the page one of a log that was cut short.
      if (page.last_seq < after) {
        this.reset(page.last_seq);
        return;
      }
      this.takePage(page);
      if (page.has_more && page.entries.length > 0) continue;
      // The log itself says where it ends; unless more was heard of meanwhile, whoever promised more was wrong.
      if (this.end === expected) this.end = page.last_seq;
      return;
    }
  }

  private takePage({ entries }: LogPage): void {
    for (const entry of entries) {
      if (entry.seq <= this.position) continue;
      this.host.count('fetched');
      this.order.add(entry);
      this.applyHeld();
    }
  }

  /** The user may not read the log any more; what came over the wire before that is still theirs. */
  private giveUp(): void {
    for (let held = this.order.firstHeld; held !== undefined; held = this.order.firstHeld) this.skipTo(held - 1);
    this.end = this.position;
    if (!this.away) this.host.left(this.chatId);
  }

  private skipTo(end: number): void {
    const { position } = this;
    this.order.startAt(end);
    this.host.skipped(this.chatId, position, end);
    this.applyHeld();
  }
}

function waitOf(error: unknown): number | undefined {
  const seconds = error instanceof FechatterError ? error.retryAfterSeconds : undefined;
  return seconds === undefined ? undefined : seconds * 1_000;
}
