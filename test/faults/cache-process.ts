import { setTimeout as pause } from 'node:timers/promises';
import { audit } from '#cache/auditor.js';
import { Bulkhead } from '#cache/bulkhead.js';
import { CachedValues } from '#cache/cached-values.js';
import { Generation } from '#cache/generation.js';
import { patterns } from '#cache/patterns.js';
import { RedisConnection } from '#cache/redis.js';
import { RedisStore } from '#cache/redis-store.js';
import { configureLogging } from '#telemetry/logger.js';

/** What the spec asks for: so many reads of a value at once, whose load takes so long, and how long others wait for it. */
interface Question {
  readonly id: number;
  readonly times: number;
  readonly loadMs: number;
  readonly waitMs: number;
}

configureLogging('silent', 'test');
const redis = new RedisConnection(process.argv[2] ?? '', 5_000);
let loads = 0;
let loadMs = 0;
const layers = {
  store: new RedisStore(redis, new Generation(redis, 'stampede')),
  invalidations: { publish: () => undefined },
  bulkhead: new Bulkhead(16, 1_000),
  waitMs: 50,
};
const values = new CachedValues<number, { id: number }>(
  // Nothing is remembered here, so that each question meets Redis.
  { ...patterns.user, localMs: 0 },
  async (ids) => {
    loads++;
    if (loadMs > 10_000) process.send?.({ loads });
    await pause(loadMs);
    return new Map(ids.map((id) => [id, { value: { id } }]));
  },
  layers,
);

process.on('message', (asked: Question | 'audit') => void (asked === 'audit' ? compare() : answer(asked)));
while (!redis.isReady) await pause(5);
// Every process begins anew in Redis. When all have done so, each question learns where values are kept now.
await layers.store.all();
process.send?.({ loads });

async function compare(): Promise<void> {
  process.send?.(await audit(values, Number));
}

async function answer({ id, times, loadMs: ms, waitMs }: Question): Promise<void> {
  loads = 0;
  loadMs = ms;
  layers.waitMs = waitMs;
  await layers.store.all();
  await Promise.all(Array.from({ length: times }, () => values.getOrCompute(id)));
  process.send?.({ loads });
}
