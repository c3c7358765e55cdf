import type { Auditable } from './auditor.js';
import { Bulkhead } from './bulkhead.js';
import { CachedValues, type Invalidations, type Load } from './cached-values.js';
import { Generation } from './generation.js';
import type { CachePattern } from './pattern.js';
import { RedisStore } from './redis-store.js';
import type { RedisConnection } from './redis.js';

/** Loads that may wait for their turn. */
const mostWaiting = 1_000;

export interface CacheOptions {
  readonly invalidations: Invalidations;
  /** Loads of this process at once: fewer than it has connections to PostgreSQL, as every miss runs there without Redis. */
  readonly mostLoads: number;
  /** Where processes share their values; without it each remembers by itself. */
  readonly redis?: RedisConnection | undefined;
}

type Id = string | number;

interface Pattern {
  readonly values: Auditable<Id, object>;
  hear(ids?: readonly Id[]): Promise<void>;
}

/** The cached values of a process: in its memory, and in Redis where there is one. */
export class Cache {
  private readonly bulkhead: Bulkhead;
  private readonly patterns = new Map<string, Pattern>();

  constructor(private readonly options: CacheOptions) {
    this.bulkhead = new Bulkhead(options.mostLoads, mostWaiting);
  }

  /** Everything that is cached here, for the auditor. */
  get auditables(): readonly Auditable<Id, object>[] {
    return [...this.patterns.values()].map(({ values }) => values);
  }

  /** The values of a pattern; once for each in a process. */
  values<Key extends Id, Value extends object>(
    pattern: CachePattern,
    load: Load<Key, Value>,
  ): CachedValues<Key, Value> {
    if (this.patterns.has(pattern.name)) throw new Error(`${pattern.key} is cached twice in one process`);
    const { bulkhead } = this;
    const { redis, invalidations } = this.options;
    const isShared = redis !== undefined && pattern.isShared;
    const store = isShared ? new RedisStore(redis, new Generation(redis, pattern.name)) : undefined;
    const values = new CachedValues<Key, Value>(pattern, load, { store, invalidations, bulkhead });
    this.patterns.set(pattern.name, { values, hear: (ids) => values.hear(ids as readonly Key[] | undefined) });
    return values;
  }

  /** What another process says is no longer valid; without ids the whole pattern. */
  async hear(pattern: string, ids?: readonly Id[]): Promise<void> {
    await this.patterns.get(pattern)?.hear(ids);
  }
}
