import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '#servers/redis.js';
import type { SystemServer } from '#servers/system-server.js';
import { eventually } from '#testing/eventually.js';
import { Generation } from './generation.js';
import { RedisStore } from './redis-store.js';
import { RedisConnection } from './redis.js';

/** A Redis of its own for a spec, and connections to it as of many processes. */
export interface TestRedis {
  readonly server: SystemServer;
  /** `timeoutMs` is generous, as the machine of a test may be busy. */
  connect(timeoutMs?: number): Promise<RedisConnection>;
  close(): Promise<void>;
}

export async function testRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'fechatter-redis-'));
  const server = await startRedis({ dir: folder });
  const opened: RedisConnection[] = [];
  return {
    server,
    connect: async (timeoutMs = 5_000) => {
      const redis = new RedisConnection(server.url, timeoutMs, 100);
      opened.push(redis);
      await eventually(() => redis.isReady);
      return redis;
    },
    close: async () => {
      for (const redis of opened) redis.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Stores of one pattern, as of processes that have run for so long that they know of each other. */
export async function storesOn(name: string, ...connections: RedisConnection[]): Promise<RedisStore[]> {
  const stores = connections.map((redis) => storeOn(redis, name));
  for (let round = 0; round < 2; round++) for (const store of stores) await store.all();
  return stores;
}

/** A store for a pattern that nobody else uses, unless `name` is given. */
export function storeOn(redis: RedisConnection, name: string = randomUUID(), leaseMs?: number): RedisStore {
  return new RedisStore(redis, new Generation(redis, name), leaseMs);
}
