import type { Presence, PresenceStatus } from '#contracts/presence.contract.js';

/** What a gateway has not renewed for so long is over. */
const leaseMs = 45_000;

interface Lease {
  readonly users: Map<number, Presence>;
  renewedAt: number;
}

/** Who is there, by what each gateway says of its own connections. */
export class PresenceLeases {
  private readonly leases = new Map<string, Lease>();

  /**
   * A gateway speaks: of all its users when `full`, otherwise of those who changed. Answers the users that were
   * touched.
   */
  renew(gatewayId: string, full: boolean, users: readonly Presence[], now: number): Set<number> {
    const lease = this.leases.get(gatewayId) ?? { users: new Map<number, Presence>(), renewedAt: now };
    this.leases.set(gatewayId, lease);
    lease.renewedAt = now;
    const touched = new Set(users.map(({ user_id }) => user_id));
    if (full) {
      for (const id of lease.users.keys()) touched.add(id);
      lease.users.clear();
    }
    for (const user of users) {
      if (user.status === 'offline') lease.users.delete(user.user_id);
      else lease.users.set(user.user_id, user);
    }
    return touched;
  }

  /** Ends what was not renewed in time. Answers the users that were touched. */
  expire(now: number): Set<number> {
    const touched = new Set<number>();
    for (const [gatewayId, lease] of this.leases) {
      if (now - lease.renewedAt <= leaseMs) continue;
      this.leases.delete(gatewayId);
      for (const id of lease.users.keys()) touched.add(id);
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
