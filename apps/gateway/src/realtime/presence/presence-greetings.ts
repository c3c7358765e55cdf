import type { Connection } from '../connection/connection.js';
import type { PresenceLeases } from './presence-leases.js';

/** Of no more users a connection is told when it enters chats, however many it enters. The others it can watch. */
const mostGreeted = 500;

/** Tells connections how users are who do not change at the moment. */
export class PresenceGreetings {
  constructor(private readonly leases: PresenceLeases) {}

  /** The connection enters these chats: tells it who is there of the small ones, of the smallest first. */
  async enter(connection: Connection, chatIds: Iterable<number>): Promise<void> {
    const present = [...chatIds].map((id) => this.leases.presentIn(id));
    const greeted = new Set<number>();
    for (const userIds of present.sort((a, b) => a.size - b.size)) {
      for (const id of userIds) if (id !== connection.userId && greeted.size < mostGreeted) greeted.add(id);
    }
    await this.tell(connection, greeted);
  }

  /** No faster than the client takes it: presence that waits behind much else would be dropped. */
  async tell(connection: Connection, userIds: Iterable<number>): Promise<void> {
    connection.cork();
    for (const user_id of userIds) {
      if (!connection.isRoomy) {
        connection.uncork();
        await connection.whenRoomy();
        connection.cork();
      }
      const status = this.leases.statusOf(user_id);
      const last_seen = status === 'offline' ? null : new Date().toISOString();
      connection.say({ type: 'presence.update', data: { user_id, status, last_seen } });
    }
    connection.uncork();
  }
}
