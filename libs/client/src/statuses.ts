import type { PresenceStatus } from '#contracts/presence.contract.js';
import type { Emitter } from './emitter.js';
import type { ClientEvents } from './events.js';

type Update = ClientEvents['presence.update'];

/**
 * How users are, as the listeners have been told. A new connection is told who is there and not who has gone since the
 * one before: those of whom it is told nothing in time are told to have gone here.
 */
export class Statuses {
  /** Those who are there. */
  private readonly present = new Map<number, Update>();
  private unconfirmed = new Set<number>();

  constructor(private readonly events: Emitter<ClientEvents>) {}

  take(update: Update): void {
    this.unconfirmed.delete(update.user_id);
    if (update.status === 'offline') this.present.delete(update.user_id);
    else this.present.set(update.user_id, update);
    this.events.emit('presence.update', update);
  }

  /** There is a new connection. */
  doubt(): void {
    this.unconfirmed = new Set(this.present.keys());
  }

  /** It has had its time. */
  settle(): void {
    const status: PresenceStatus = 'offline';
    for (const user_id of this.unconfirmed) {
      this.take({ user_id, status, last_seen: this.present.get(user_id)?.last_seen ?? null });
    }
  }
}
