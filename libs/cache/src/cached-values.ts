import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Auditable } from './auditor.js';
import type { Bulkhead } from './bulkhead.js';
import { CacheTally } from './cache.metrics.js';
import { jittered, type CachePattern } from './pattern.js';
import type { Loaded, Store } from './store.js';

/** Loads all of the ids from the primary; those that do not exist are left out. */
export type Load<Id, Value> = (ids: readonly Id[]) => Promise<ReadonlyMap<Id, Loaded<Value>>>;

/** Tells the other processes of an installation what is no longer valid. May lose messages. */
export interface Invalidations {
  /** Without ids: every value of the pattern. */
  publish(pattern: string, ids?: readonly (string | number)[]): void;
}

export interface Layers {
  /** Shared by all processes; there is none where there is no Redis. */
  readonly store: Store | undefined;
  readonly invalidations: Invalidations;
  readonly bulkhead: Bulkhead;
  /** How long somebody else's load is waited for before one loads oneself, without storing. 50 unless given. */
  readonly waitMs?: number;
}

/** Null: there is none. */
interface Entry<Value> {
  readonly value: Value | null;
  readonly freshUntil: number;
}

type Answers<Id, Value> = ReadonlyMap<Id, Value | null>;

const defaultWaitMs = 50;
const pollMs = 10;
/** Longer than a statement may take. */
const holdMs = 15_000;

/**
 * The values of one key pattern: in the memory of the process, behind it in Redis, behind that the loader. The only way
 * to a cached value. A value that was invalidated while it was being loaded is answered to those who had asked before,
 * and kept nowhere.
 */
export class CachedValues<Id extends string | number, Value extends object> implements Auditable<Id, Value> {
  private readonly local: LRUCache<Id, Entry<Value>>;
  private readonly flights = new Map<Id, Promise<Answers<Id, Value>>>();
  private readonly tally: CacheTally;

  constructor(
    readonly pattern: CachePattern,
    private readonly load: Load<Id, Value>,
    private readonly layers: Layers,
  ) {
    this.local = new LRUCache({ max: pattern.mostLocal });
    this.tally = new CacheTally(pattern.name);
    layers.store?.onRenewed(() => this.forget());
  }

  get name(): string {
    return this.pattern.name;
  }

  /** Undefined when there is none. Throws what the loader throws, which is never remembered. */
  async getOrCompute(id: Id): Promise<Value | undefined> {
    return (await this.getOrComputeMany([id])).get(id);
  }

  /** Ids that do not exist are left out. All that are missing are loaded together. */
  async getOrComputeMany(ids: Iterable<Id>): Promise<Map<Id, Value>> {
    const result = new Map<Id, Value>();
    const missing: Id[] = [];
    for (const id of new Set(ids)) {
      const entry = this.recall(id);
      if (entry === undefined) missing.push(id);
      else if (entry.value !== null) result.set(id, entry.value);
    }
    if (missing.length === 0) return result;
    const unasked = missing.filter((id) => !this.flights.has(id));
    if (unasked.length > 0) void this.depart(unasked);
    // Each from its own flight: one that is joined for another id may bring what was invalidated since.
    const found = await Promise.all(missing.map(async (id) => (await this.flights.get(id))?.get(id)));
    for (const [index, id] of missing.entries()) {
      const value = found[index];
      if (value !== undefined && value !== null) result.set(id, value);
    }
    return result;
  }

  /**
   * Makes a change. While it is made nobody can store what was read before it, so that the cache is right even when this
   * process dies before it could say that the change is done.
   */
  async change<Result>(ids: readonly Id[], work: () => Promise<Result>): Promise<Result> {
    await this.layers.store?.invalidate(ids.map(String), { holdMs }).catch(() => undefined);
    try {
      return await work();
    } finally {
      await this.invalidate(ids);
    }
  }

  /**
   * To be called after the commit of a change, and again by whoever reads of it later. `version`: of the changed row.
   * Never throws: what Redis could not be told, a new generation makes invisible when it is back.
   */
  async invalidate(ids: readonly Id[], version?: number): Promise<void> {
    await this.remove(ids, version);
    this.layers.invalidations.publish(this.pattern.name, ids);
  }

  /** Every value of the pattern, by a new generation of its keys. */
  async invalidateAll(): Promise<void> {
    await this.remove();
    this.layers.invalidations.publish(this.pattern.name);
  }

  /** Forgets what another process has invalidated, here and in Redis, which that one may not have reached. */
  async hear(ids?: readonly Id[]): Promise<void> {
    await this.remove(ids);
  }

  /** Drops what the memory of this process holds; without ids everything. */
  forget(ids?: readonly Id[]): void {
    if (ids === undefined) {
      this.local.clear();
      this.flights.clear();
    }
    for (const id of ids ?? []) {
      this.local.delete(id);
      this.flights.delete(id);
    }
  }

  /** What this process holds, for the auditor. */
  held(): [Id, Value | null][] {
    const now = performance.now();
    return [...this.local.entries()].flatMap(([id, { value, freshUntil }]) => (freshUntil > now ? [[id, value]] : []));
  }

  /** What Redis holds, as JSON, for the auditor. */
  async shared(): Promise<[id: string, json: string][]> {
    return (await this.layers.store?.all()) ?? [];
  }

  /** What the loader brings now, past every layer, for the auditor. */
  async reload(ids: readonly Id[]): Promise<Map<Id, Value>> {
    return new Map([...(await this.load(ids))].map(([id, { value }]) => [id, value]));
  }

  private async remove(ids?: readonly Id[], version?: number): Promise<void> {
    const { store } = this.layers;
    this.forget(ids);
    const removed = ids === undefined ? store?.invalidateAll() : store?.invalidate(ids.map(String), { version });
    await removed?.catch(() => undefined);
    // Once more: in between the old value may have come from Redis.
    this.forget(ids);
  }

  private recall(id: Id): Entry<Value> | undefined {
    const entry = this.local.get(id);
    if (entry === undefined) return undefined;
    const lateMs = performance.now() - entry.freshUntil;
    if (lateMs < 0) {
      this.tally.localHits++;
      return entry;
    }
    if (lateMs >= this.pattern.staleMs || entry.value === null) return undefined;
    this.tally.stale++;
    // Whoever asks next is told whether this one succeeds.
    if (!this.flights.has(id)) this.depart([id]).catch(() => undefined);
    return entry;
  }

  private depart(ids: readonly Id[]): Promise<Answers<Id, Value>> {
    const flight: Promise<Answers<Id, Value>> = this.fly(ids).then(
      (answers) => {
        for (const [id, value] of answers) if (this.flights.get(id) === flight) this.keep(id, value);
        return this.land(ids, flight, answers);
      },
      (error: unknown) => {
        this.land(ids, flight, undefined);
        throw error;
      },
    );
    for (const id of ids) this.flights.set(id, flight);
    return flight;
  }

  private land<Result>(ids: readonly Id[], flight: Promise<Answers<Id, Value>>, result: Result): Result {
    for (const id of ids) if (this.flights.get(id) === flight) this.flights.delete(id);
    return result;
  }

  private keep(id: Id, value: Value | null): void {
    const { localMs, negativeMs } = this.pattern;
    const ms = value === null ? Math.min(localMs, negativeMs) : localMs;
    this.local.set(id, { value, freshUntil: performance.now() + jittered(ms) });
  }

  private async fly(ids: readonly Id[]): Promise<Answers<Id, Value>> {
    const { store } = this.layers;
    const token = randomUUID();
    const answers = new Map<Id, Value | null>();
    let open = ids;
    let leased: ReadonlySet<Id> = new Set();
    if (store !== undefined) {
      try {
        ({ open, leased } = await this.look(store, ids, token, answers));
      } catch {
        // Redis is away: slower, never wrong.
      }
    }
    if (open.length === 0) return answers;
    this.tally.misses += open.length;
    const loaded = await this.layers.bulkhead
      .run(() => this.load(open))
      .catch(async (error: unknown) => {
        if (leased.size > 0) await store?.release([...leased].map(String), token).catch(() => undefined);
        throw error;
      });
    for (const id of open) answers.set(id, loaded.get(id)?.value ?? null);
    if (store !== undefined && leased.size > 0) await this.share(store, leased, loaded, token);
    return answers;
  }

  /** Fills `answers` with what the store has, and says what is left to load, and for what of it this process has the lease. */
  private async look(store: Store, ids: readonly Id[], token: string, answers: Map<Id, Value | null>) {
    const leased = new Set<Id>();
    let open = ids;
    const { waitMs = defaultWaitMs } = this.layers;
    for (const until = performance.now() + waitMs; ; await pause(pollMs)) {
      const found = await store.begin(open.map(String), token);
      const waiting: Id[] = [];
      for (const [index, id] of open.entries()) {
        const one = found[index];
        if (one?.kind === 'load') leased.add(id);
        else if (one?.kind === 'wait' && one.stale === undefined) waiting.push(id);
        else if (one?.kind === 'wait') answers.set(id, this.parse(one.stale as string, 'stale'));
        else if (one !== undefined) answers.set(id, this.parse(one.json, 'sharedHits'));
      }
      // Whoever has something to load does not let the others wait for it.
      if (leased.size > 0 || waiting.length === 0 || performance.now() >= until)
        return { open: [...leased, ...waiting], leased };
      open = waiting;
    }
  }

  private parse(json: string, countedAs: 'sharedHits' | 'stale'): Value | null {
    this.tally[countedAs]++;
    return JSON.parse(json) as Value | null;
  }

  private async share(
    store: Store,
    leased: ReadonlySet<Id>,
    loaded: ReadonlyMap<Id, Loaded<Value>>,
    token: string,
  ): Promise<void> {
    const { ttlMs, staleMs, negativeMs } = this.pattern;
    const writes = [...leased].map((id) => {
      const one = loaded.get(id);
      const life = one === undefined ? { ttlMs: negativeMs, staleMs: 0 } : { ttlMs: jittered(ttlMs), staleMs };
      return { id: String(id), json: JSON.stringify(one?.value ?? null), version: one?.version, ...life };
    });
    await store.finish(writes, token).catch(() => undefined);
  }
}
