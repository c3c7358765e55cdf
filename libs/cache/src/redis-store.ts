import type { Generation } from './generation.js';
import type { RedisConnection } from './redis.js';
import { beginScript, finishScript, invalidateScript, releaseScript } from './scripts.js';
import type { Found, Store, Write } from './store.js';

/** Longer than any load or change takes. */
const tombstoneMs = 60_000;
const scanned = 500;

/**
 * Values of a pattern in Redis, under `cache:<name>:<generation>:<id>`. A new generation makes all of them invisible at
 * once; what is left of the old one runs out by itself.
 */
export class RedisStore implements Store {
  constructor(
    private readonly redis: RedisConnection,
    private readonly generation: Generation,
    /** Whoever holds a lease this long has died; then somebody else loads. */
    private readonly leaseMs = 3_000,
  ) {}

  async begin(ids: readonly string[], token: string): Promise<Found[]> {
    const prefix = await this.generation.prefix();
    const calls = ids.map((id) => ({ key: prefix + id, values: [token, this.leaseMs] }));
    return (await this.redis.script(beginScript, calls)).map(toFound);
  }

  async finish(writes: readonly Write[], token: string): Promise<void> {
    const prefix = await this.generation.prefix();
    const calls = writes.map(({ id, json, version = '', ttlMs, staleMs }) => ({
      key: prefix + id,
      values: [token, json, version, ttlMs, staleMs],
    }));
    await this.redis.script(finishScript, calls);
  }

  async release(ids: readonly string[], token: string): Promise<void> {
    const prefix = await this.generation.prefix();
    const calls = ids.map((id) => ({ key: prefix + id, values: [token] }));
    await this.redis.script(releaseScript, calls);
  }

  async invalidate(ids: readonly string[], options: { version?: number | undefined; holdMs?: number }): Promise<void> {
    const { version = '', holdMs = 0 } = options;
    try {
      // Where values are kept now: another process may just have begun a new generation and loaded the old value.
      const prefix = await this.generation.latestPrefix();
      const calls = ids.map((id) => ({ key: prefix + id, values: [version, tombstoneMs, holdMs] }));
      await this.redis.script(invalidateScript, calls);
    } catch (error) {
      this.generation.owe();
      throw error;
    }
  }

  async invalidateAll(): Promise<void> {
    this.generation.owe();
    await this.generation.settle();
  }

  async all(): Promise<[id: string, json: string][]> {
    const prefix = await this.generation.latestPrefix();
    const found: [string, string][] = [];
    let cursor = '0';
    do {
      const page = await this.redis.run((client) => client.scan(cursor, { MATCH: `${prefix}*`, COUNT: scanned }));
      cursor = page.cursor;
      const values = await this.redis.run((client) => Promise.all(page.keys.map((key) => client.hGet(key, 'v'))));
      for (const [index, key] of page.keys.entries()) {
        const json = values[index];
        if (typeof json === 'string') found.push([key.slice(prefix.length), json]);
      }
    } while (cursor !== '0');
    return found;
  }

  onRenewed(listener: () => void): void {
    this.generation.onRenewed(listener);
  }
}

function toFound(answer: unknown): Found {
  const [kind, value] = answer as ['hit' | 'load' | 'wait', string | null | undefined];
  if (kind === 'hit') return { kind, json: value as string };
  return typeof value === 'string' ? { kind, stale: value } : { kind };
}
