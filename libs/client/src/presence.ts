import type { PresenceStatus } from '#contracts/presence.contract.js';
import type { Live } from './live.js';

export type OwnStatus = Exclude<PresenceStatus, 'offline'>;

/** What a connection is told of presence; each new one is told again. */
export class Presence {
  private status: OwnStatus | undefined;
  private watched: readonly number[] = [];

  constructor(private readonly live: Live) {}

  set(status: OwnStatus): void {
    this.status = status;
    this.live.tell({ type: 'presence', status });
  }

  watch(userIds: readonly number[]): void {
    this.watched = userIds;
    this.live.tell({ type: 'presence.watch', user_ids: [...userIds] });
  }

  renew(): void {
    if (this.status !== undefined) this.set(this.status);
    if (this.watched.length > 0) this.watch(this.watched);
  }
}
