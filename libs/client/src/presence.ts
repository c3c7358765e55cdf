import type { PresenceStatus } from '#contracts/presence.contract.js';
import type { Clock } from './clock.js';
import type { Live } from './live.js';
import { Wish } from './wish.js';

export type OwnStatus = Exclude<PresenceStatus, 'offline'>;

/** What a connection is told of presence; each new one is told again. */
export class Presence {
  private readonly status: Wish;
  private readonly watched: Wish;

  constructor(live: Live, clock: Clock, random: () => number) {
    this.status = new Wish(live, clock, random);
    this.watched = new Wish(live, clock, random);
  }

  set(status: OwnStatus): void {
    this.status.say({ type: 'presence', status });
  }

  watch(userIds: readonly number[]): void {
    this.watched.say({ type: 'presence.watch', user_ids: [...userIds] });
  }

  /** There is a new connection. */
  renew(): void {
    this.status.renew();
    this.watched.renew();
  }

  /** There will be none for a while. */
  rest(): void {
    this.status.rest();
    this.watched.rest();
  }
}
