import type { PresenceLease, PresenceSet, PresenceStatus } from '#contracts/presence.contract.js';

/** What a gateway has not renewed for so long is over. */
const leaseMs = 45_000;

type Said = Pick<PresenceLease, 'status' | 'chat_ids'>;

interface Lease {
  readonly users: Map<number, Said>;
  renewedAt: number;
}

/** Users of whom something was said or is over, each with the small chats that they are or were in. */
export type Touched = Map<number, Set<number>>;

/** Who is there, by what each gateway says of its own connections. */
export class PresenceLeases {
  private readonly leases = new Map<string, Lease>();

  /** A gateway speaks: of all its users, of all in a range of ids, or of those who changed. */
  renew(gatewayId: string, set: PresenceSet, now: number): Touched {
    const lease = this.leases.get(gatewayId) ?? { users: new Map<number, Said>(), renewedAt: now };
    this.leases.set(gatewayId, lease);
    lease.renewedAt = now;
    const touched: Touched = new Map();
    const { after = 0, up_to = Infinity, users } = set;
    if (set.full || set.after !== undefined || set.up_to !== undefined) {
      for (const [id, said] of lease.users) {
        if (id <= after || id > up_to) continue;
        touch(touched, id, said);
        lease.users.delete(id);
      }
    }
    for (const user of users) {
      touch(touched, user.user_id, lease.users.get(user.user_id));
      touch(touched, user.user_id, user);
      if (user.status === 'offline') lease.users.delete(user.user_id);
      else lease.users.set(user.user_id, user);
    }
    return touched;
  }

  /** Ends what was not renewed in time. */
  expire(now: number): Touched {
    const touched: Touched = new Map();
    for (const [gatewayId, lease] of this.leases) {
      if (now - lease.renewedAt <= leaseMs) continue;
      this.leases.delete(gatewayId);
      for (const [id, said] of lease.users) touch(touched, id, said);
    }
    return touched;
  }

  /** Online on one device is online. */
  statusOf(userId: number): PresenceStatus {
    let status: PresenceStatus = 'offline';
    for (const { users } of this.leases.values()) {
      const said = users.get(userId)?.status ?? 'offline';
      if (said === 'online') return 'online';
      if (said === 'away') status = 'away';
    }
    return status;
  }
}

function touch(touched: Touched, userId: number, said: Said | undefined): void {
  const chats = touched.get(userId) ?? new Set();
  touched.set(userId, chats);
  for (const chatId of said?.chat_ids ?? []) chats.add(chatId);
}
