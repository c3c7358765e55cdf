import type { Connection } from '../connection/connection.js';

/** Which connections wish to be told of which users. */
export class WatchedUsers {
  private readonly watchers = new Map<number, Set<Connection>>();

  /** Those who watch the user. */
  watchersOf(userId: number): Iterable<Connection> {
    return this.watchers.get(userId) ?? [];
  }

  add(userId: number, watcher: Connection): void {
    this.watchers.set(userId, (this.watchers.get(userId) ?? new Set()).add(watcher));
  }

  delete(userId: number, watcher: Connection): void {
    const connections = this.watchers.get(userId);
    connections?.delete(watcher);
    if (connections?.size === 0) this.watchers.delete(userId);
  }
}
