import type { PresenceLease, PresenceSet, PresenceStatus } from '#contracts/presence.contract.js';

/** How often a gateway says everything again. */
export const renewalMs = 15_000;
/** What a gateway has not renewed for so long is over. */
export const presenceLeaseMs = 45_000;
/** Whether it is over is looked at this often: what would end before the next look ends now, and never late. */
const lookMs = 1_000;

type Said = Pick<PresenceLease, 'status' | 'chat_ids'>;

interface Lease {
  readonly users: Map<number, Said>;
  /** Who of them is in which small chat. */
  readonly chats: Map<number, Set<number>>;
  renewedAt: number;
}

/** What was said of a user, or that it is over, concerns the small chats that they are or were in. */
interface Concern {
  readonly chatIds: Set<number>;
  /** Those of them in which no gateway has said the user to be before. */
  readonly fresh: readonly number[];
}

export type Touched = Map<number, Concern>;

/** Who is there, by what each gateway says of its own connections. */
export class PresenceLeases {
  private readonly leases = new Map<string, Lease>();

  /** A gateway speaks: of all its users, of all in a range of ids, or of those who changed. */
  renew(gatewayId: string, set: PresenceSet, now: number): Touched {
    const lease: Lease = this.leases.get(gatewayId) ?? { users: new Map(), chats: new Map(), renewedAt: now };
    this.leases.set(gatewayId, lease);
    lease.renewedAt = now;
    const touched: Touched = new Map();
    const { after = 0, up_to = Infinity, users } = set;
    for (const user of users) {
      const before = lease.users.get(user.user_id)?.chat_ids ?? [];
      touched.set(user.user_id, { chatIds: new Set([...before, ...user.chat_ids]), fresh: this.fresh(user) });
    }
    if (set.full || set.after !== undefined || set.up_to !== undefined) {
      for (const [id, said] of lease.users)
        if (id > after && id <= up_to && !touched.has(id)) end(lease, id, said, touched);
    }
    for (const user of users) put(lease, user.user_id, user.status === 'offline' ? undefined : user);
    return touched;
  }

  /** Whether the gateway has not said yet that the user is in all these chats. */
  lacks(gatewayId: string, { user_id, chat_ids }: PresenceLease): boolean {
    const known = new Set(this.leases.get(gatewayId)?.users.get(user_id)?.chat_ids);
    return chat_ids.some((id) => !known.has(id));
  }

  /** Ends what was not renewed in time. */
  expire(now: number): Touched {
    const touched: Touched = new Map();
    for (const [gatewayId, lease] of this.leases) {
      if (now - lease.renewedAt <= presenceLeaseMs - lookMs) continue;
      this.leases.delete(gatewayId);
      for (const [id, said] of lease.users) end(lease, id, said, touched);
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

  /** Who is there of a small chat. */
  presentIn(chatId: number): Set<number> {
    const present = new Set<number>();
    for (const { chats } of this.leases.values()) for (const id of chats.get(chatId) ?? []) present.add(id);
    return present;
  }

  private fresh({ user_id, status, chat_ids }: PresenceLease): number[] {
    if (status === 'offline') return [];
    const known = new Set<number>();
    for (const { users } of this.leases.values()) for (const id of users.get(user_id)?.chat_ids ?? []) known.add(id);
    return chat_ids.filter((id) => !known.has(id));
  }
}

function end(lease: Lease, userId: number, { chat_ids }: Said, touched: Touched): void {
  put(lease, userId, undefined);
  const chatIds = touched.get(userId)?.chatIds ?? [];
  touched.set(userId, { chatIds: new Set([...chatIds, ...chat_ids]), fresh: [] });
}

/** Takes the place of what was said of the user. Most is said again unchanged, with as many chats as before. */
function put({ users, chats }: Lease, userId: number, said: Said | undefined): void {
  const before = users.get(userId)?.chat_ids ?? [];
  const now = said?.chat_ids ?? [];
  if (said === undefined) users.delete(userId);
  else users.set(userId, said);
  if (before.length === now.length && before.every((id, index) => id === now[index])) return;
  for (const id of before) {
    const present = chats.get(id);
    present?.delete(userId);
    if (present?.size === 0) chats.delete(id);
  }
  for (const id of now) chats.set(id, (chats.get(id) ?? new Set()).add(userId));
}
