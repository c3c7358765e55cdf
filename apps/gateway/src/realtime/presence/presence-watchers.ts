import type { Bus } from '#bus/bus.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { Logger } from '#telemetry/logger.js';
import type { Connection } from '../connection/connection.js';
import type { Hub } from '../delivery/hub.js';

const logger = new Logger('gateway.presence');

/** What a user may see is asked again after so long at most, at the same pace for all who watch. */
const reviewMs = 40_000;
const spreadMs = 15_000;
const retryMs = 5_000;
/** Without an answer for so long nobody is seen any more. */
const doubtMs = 60_000;
const callsAtOnce = 20;

/** The choice of one connection. */
interface Watch {
  readonly connection: Connection;
  readonly wished: number[];
  seen: ReadonlySet<number>;
  /** Which change of the user's inbox had been applied when it was last asked whom they may see. */
  inbox: number;
  dueAt: number;
  failingSince: number | undefined;
}

/** Which connections wish to be told of which users, as far as their own users may see these. */
export class PresenceWatchers {
  private readonly watches = new Map<Connection, Watch>();

  constructor(
    private readonly bus: Bus,
    private readonly hub: Hub,
  ) {}

  /** From now on the connection watches these users; an earlier choice ends. Answers whom of them it may see. */
  async watch(connection: Connection, userIds: readonly number[]): Promise<readonly number[]> {
    const inbox = this.inboxOf(connection);
    const wished = [...new Set(userIds)];
    const visible = await this.visible(connection, wished);
    if (!connection.isOpen) return [];
    const earlier = this.watches.get(connection);
    if (earlier === undefined) connection.onClosed(() => this.end(connection));
    else this.see(earlier, []);
    const watch = { connection, wished, seen: new Set<number>(), inbox, dueAt: nextReview(), failingSince: undefined };
    this.watches.set(connection, watch);
    return this.see(watch, visible);
  }

  /**
   * Asks again for those whose chats have changed, and for those of whom it is long ago. `isNew` is called with whom a
   * connection may see that it could not see before.
   */
  async review(isNew: (connection: Connection, userIds: readonly number[]) => void): Promise<void> {
    const now = Date.now();
    const due = [...this.watches.values()].filter((watch) => this.isDue(watch, now)).values();
    const lane = async () => {
      for (const watch of due) isNew(watch.connection, await this.ask(watch));
    };
    await Promise.all(Array.from({ length: callsAtOnce }, lane));
  }

  private isDue(watch: Watch, now: number): boolean {
    if (watch.wished.length === 0) return false;
    const hasChanged = watch.failingSince === undefined && watch.inbox !== this.inboxOf(watch.connection);
    return hasChanged || watch.dueAt <= now;
  }

  private async ask(watch: Watch): Promise<readonly number[]> {
    const inbox = this.inboxOf(watch.connection);
    try {
      const visible = await this.visible(watch.connection, watch.wished);
      Object.assign(watch, { inbox, dueAt: nextReview(), failingSince: undefined });
      return this.see(watch, visible);
    } catch (error) {
      logger.warn('Whom a user may see could not be asked for; it is tried again', { reason: String(error) });
      const now = Date.now();
      watch.failingSince ??= now;
      watch.dueAt = now + retryMs;
      return now - watch.failingSince < doubtMs ? [] : this.see(watch, []);
    }
  }

  private async visible(connection: Connection, ids: number[]): Promise<number[]> {
    if (ids.length === 0) return [];
    return (await this.bus.call(workspaceRpc.visibleUsers, { ids }, { as: connection.caller })).user_ids;
  }

  /** Answers those who are seen now and were not before. */
  private see(watch: Watch, userIds: readonly number[]): number[] {
    const { connection, seen } = watch;
    // Closed, or another choice has been made meanwhile.
    if (this.watches.get(connection) !== watch) return [];
    watch.seen = new Set(userIds);
    for (const id of seen) if (!watch.seen.has(id)) this.hub.watched.delete(id, connection);
    for (const id of watch.seen) this.hub.watched.add(id, connection);
    return userIds.filter((id) => !seen.has(id));
  }

  private end(connection: Connection): void {
    for (const id of this.watches.get(connection)?.seen ?? []) this.hub.watched.delete(id, connection);
    this.watches.delete(connection);
  }

  private inboxOf({ userId }: Connection): number {
    return this.hub.users.get(userId)?.changes ?? 0;
  }
}

function nextReview(): number {
  return Date.now() + reviewMs + Math.random() * spreadMs;
}
