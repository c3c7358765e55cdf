import { Bulkhead } from './bulkhead.js';
import { CachedValues, type Invalidations, type Load } from './cached-values.js';
import { Generation } from './generation.js';
import type { CachePattern } from './pattern.js';
import { RedisStore } from './redis-store.js';
import type { RedisConnection } from './redis.js';

/**
 * Loads of one process at once, and how many may wait for their turn: without Redis every miss would run to PostgreSQL
 * together.
 */
const mostLoads = 16;
const mostWaiting = 1_000;

/** The cached values of a process: in its memory, and in Redis where there is one. */
export class Cache {
  private readonly bulkhead = new Bulkhead(mostLoads, mostWaiting);
  private readonly patterns = new Map<string, (ids?: readonly (string | number)[]) => Promise<void>>();

  constructor(
    private readonly invalidations: Invalidations,
    private readonly redis?: RedisConnection,
  ) {}

  /** The values of a pattern; once for each in a process. */
  values<Id extends string | number, Value extends object>(
    pattern: CachePattern,
    load: Load<Id, Value>,
  ): CachedValues<Id, Value> {
    if (this.patterns.has(pattern.name)) throw new Error(`${pattern.key} is cached twice in one process`);
    const { redis, invalidations, bulkhead } = this;
    const isShared = redis !== undefined && pattern.isShared;
    const store = isShared ? new RedisStore(redis, new Generation(redis, pattern.name)) : undefined;
    const values = new CachedValues<Id, Value>(pattern, load, { store, invalidations, bulkhead });
    this.patterns.set(pattern.name, (ids) => values.hear(ids as readonly Id[] | undefined));
    return values;
  }

  /** What another process says is no longer valid; without ids the whole pattern. */
  async hear(pattern: string, ids?: readonly (string | number)[]): Promise<void> {
    await this.patterns.get(pattern)?.(ids);
  }
}
