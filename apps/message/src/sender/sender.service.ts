import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Bus } from '#bus/bus.js';
import type { Auditable } from '#cache/auditor.js';
import { CacheTally } from '#cache/cache.metrics.js';
import { memories } from '#cache/patterns.js';
import type { ReplyOf } from '#contracts/contract.js';
import type { Message } from '#contracts/message.contract.js';
import { userRpc, type User } from '#contracts/user.contract.js';
import { toMessage, type MessageRow } from '../message.row.js';
import { self } from '../self.js';

/**
 * A rename shows after at most this time and the five seconds of auth's own memory, and in latest pages after half a
 * minute more.
 */
const freshMs = memories.sender.localMs;
const mostUsers = 50_000;
const mostPerCall = 1000;
/** Nobody waits longer than this for a name. */
const lookUpMs = 2_000;
/** Nor than this where the one from before is known: auth answers sooner when it is well. */
const patienceMs = 100;
/** How long a name from before is shown without another question when auth did not answer. */
const retryMs = 1_000;

interface LookUp {
  readonly done: Promise<void>;
  /** Settles with the call, or before it when it takes long. */
  readonly soon: Promise<void>;
}

/**
 * Names and avatars of those who wrote messages, remembered for 25 seconds. One call fetches all that are missing, and
 * callers who miss the same user wait for the same call, which counts as one miss. While auth is slow or does not answer,
 * what was known last is good enough; a user who was never seen here is UNAVAILABLE then.
 */
@Injectable()
export class SenderService implements Auditable<number, User> {
  readonly name = 'sender';
  private readonly known = new LRUCache<number, User>({
    max: mostUsers,
    ttl: freshMs,
    allowStale: true,
    ttlResolution: 0,
  });
  private readonly pending = new Map<number, LookUp>();
  private readonly tally = new CacheTally(this.name);

  constructor(private readonly bus: Bus) {}

  /**
   * Every id has its user in the answer. Throws UNAVAILABLE when auth does not answer and a name was never seen. Who
   * sends calls this before the commit: afterwards `getKnown` cannot fail.
   */
  async get(ids: Iterable<number>): Promise<Map<number, User>> {
    const wanted = [...new Set(ids)];
    const stale = wanted.filter((id) => !this.isFresh(id));
    this.tally.localHits += wanted.length - stale.length;
    if (stale.length === 0) return this.getKnown(wanted);
    const missing = stale.filter((id) => !this.pending.has(id));
    this.tally.misses += missing.length;
    for (let start = 0; start < missing.length; start += mostPerCall) {
      this.fetch(missing.slice(start, start + mostPerCall));
    }
    const lookUps = [...new Set(stale.flatMap((id) => this.pending.get(id) ?? []))];
    const isNew = stale.some((id) => !this.remembers(id));
    const results = await Promise.allSettled(lookUps.map(({ done, soon }) => (isNew ? done : soon)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined && wanted.some((id) => !this.remembers(id))) throw failed.reason;
    return this.getKnown(wanted);
  }

  /** The messages of these rows, each with its sender. Throws as `get` does. */
  async attach(rows: readonly MessageRow[]): Promise<Message[]> {
    const users = await this.get(rows.map((row) => row.sender_id));
    return rows.map((row) => toMessage(row, senderOf(users, row.sender_id)));
  }

  /** One user, as far as known: a name that auth cannot tell at the moment never makes a write fail. */
  async getOne(id: number): Promise<User> {
    const users = await this.get([id]).catch(() => this.getKnown([id]));
    return senderOf(users, id);
  }

  /** What is known without asking anybody, however old. Users never heard of are named after their id. */
  getKnown(ids: Iterable<number>): Map<number, User> {
    const users = new Map<number, User>();
    for (const id of ids) users.set(id, this.recall(id) ?? nameless(id));
    return users;
  }

  /** What it would show without asking, for the auditor. */
  held(): [number, User][] {
    return [...this.known.entries()].filter(([id]) => this.isFresh(id));
  }

  /** What auth says now, for the auditor. */
  async reload(ids: readonly number[]): Promise<Map<number, User>> {
    const { users } = await this.ask(ids);
    const known = new Map(users.map((user) => [user.id, user]));
    return new Map(ids.map((id) => [id, senderOf(known, id)]));
  }

  private isFresh(id: number): boolean {
    return this.known.getRemainingTTL(id) > 0;
  }

  private recall(id: number): User | undefined {
    return this.known.get(id, { allowStale: true, noDeleteOnStaleGet: true });
  }

  private remembers(id: number): boolean {
    return this.recall(id) !== undefined;
  }

  private keep(id: number): void {
    const user = this.recall(id);
    if (user !== undefined) this.known.set(id, user, { ttl: retryMs });
  }

  private fetch(ids: readonly number[]): void {
    const done = this.load(ids).finally(() => {
      for (const id of ids) this.pending.delete(id);
    });
    const soon = Promise.race([done.catch(() => undefined), pause(patienceMs, undefined, { ref: false })]);
    for (const id of ids) this.pending.set(id, { done, soon });
  }

  private ask(ids: readonly number[]): Promise<ReplyOf<typeof userRpc.getMany>> {
    return this.bus.call(userRpc.getMany, { ids: [...ids] }, { as: self, timeoutMs: lookUpMs });
  }

  private async load(ids: readonly number[]): Promise<void> {
    const { users } = await this.ask(ids).catch((error: unknown) => {
      for (const id of ids) this.keep(id);
      throw error;
    });
    for (const user of users) this.known.set(user.id, user);
    for (const id of ids) if (!this.remembers(id)) this.known.set(id, nameless(id));
  }
}

/** One of the users that `SenderService.get` brought. */
export function senderOf(users: ReadonlyMap<number, User>, id: number): User {
  return users.get(id) ?? nameless(id);
}

/** Stands for a user whom auth does not know: nobody in the ordinary course of things. */
function nameless(id: number): User {
  return { id, username: `user-${id}`, avatar_url: null };
}
