import type { Bus, Subscription } from '#bus/bus.js';
import { logEvent, type LogEntry } from '#contracts/log.contract.js';
import { LogOrder } from '#domain/log-order.js';
import { Logger } from '#telemetry/logger.js';
import type { LogSource } from './log-source.js';

const logger = new Logger('gateway.log');

/** Entries that are held while what comes before them is fetched. */
const mostHeld = 256;

/**
 * This gateway as a reader of one chat's log: forwards every entry exactly once and in order. Events are hints; what
 * they leave out is fetched before anything that follows is forwarded.
 */
export class ChatReader {
  /** Since when entries are known to be missing, in epoch milliseconds. */
  behindSince: number | undefined;
  private readonly order = new LogOrder<LogEntry>(mostHeld);
  private readonly subscription: Subscription;
  private end = 0;
  private fetching: Promise<void> | undefined;
  private closed = false;

  constructor(
    readonly chatId: number,
    bus: Bus,
    private readonly source: LogSource,
    /** Gets what follows, as many entries at a time as there are. */
    private readonly forward: (entries: readonly LogEntry[]) => void,
  ) {
    this.subscription = bus.subscribe(logEvent.chat, { chat_id: chatId }, ({ last_seq, entries }) =>
      this.hear(last_seq, entries),
    );
  }

  /** The last entry that was forwarded; undefined before the start. */
  get position(): number | undefined {
    return this.order.position;
  }

  /** Begins after `position`; a reader that has begun only hears that the log reaches so far. */
  startAt(position: number): void {
    if (this.position === undefined) this.order.startAt(position);
    this.hear(position, []);
  }

  /** The log is known to reach to `lastSeq`; some of its last entries may be at hand. */
  hear(lastSeq: number, entries: readonly LogEntry[]): void {
    this.end = Math.max(this.end, lastSeq);
    this.take(entries);
    this.compare();
  }

  /** Looks whether the log has more; done when everything that it had is forwarded. */
  async check(): Promise<void> {
    await this.fetching;
    if (this.position !== undefined) await this.fetch();
  }

  close(): void {
    this.closed = true;
    this.subscription.unsubscribe();
  }

  private take(entries: readonly LogEntry[]): void {
    const ready = [...this.order.ready()];
    for (const entry of entries) {
      this.order.add(entry);
      ready.push(...this.order.ready());
    }
    if (ready.length > 0 && !this.closed) this.forward(ready);
  }

  private compare(): void {
    const { position } = this;
    if (position === undefined || this.closed || this.fetching !== undefined) return;
    if (this.end <= position) {
      this.behindSince = undefined;
      return;
    }
    this.behindSince ??= Date.now();
    void this.fetch();
  }

  private fetch(): Promise<void> {
    this.fetching ??= this.fetchAll()
      .catch((error: unknown) => logger.error('An entry of a log was passed over', error, { chat_id: this.chatId }))
      .finally(() => {
        this.fetching = undefined;
        this.compare();
      });
    return this.fetching;
  }

  private async fetchAll(): Promise<void> {
    for (;;) {
      const expected = this.end;
      const page = await this.source.read(this.chatId, this.position ?? 0, () => !this.closed);
      if (page === undefined || this.closed) return;
      this.take(page.entries);
      if (page.has_more && page.entries.length > 0) continue;
      // The log itself says where it ends; unless more was heard of meanwhile, whoever promised more was wrong.
      if (this.end === expected) this.end = page.last_seq;
      return;
    }
  }
}
