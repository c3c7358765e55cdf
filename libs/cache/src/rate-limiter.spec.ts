import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRedis } from '#servers/redis.js';
import type { SystemServer } from '#servers/system-server.js';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { RateLimiter } from './rate-limiter.js';
import { RedisConnection } from './redis.js';

const limit = { name: 'test', points: 5, seconds: 60 };

async function allowedOf(limiters: readonly RateLimiter[], times: number, key: string): Promise<number> {
  const rounds = Array.from({ length: times / limiters.length }, () => limiters).flat();
  const usages = await Promise.all(rounds.map((limiter) => limiter.consume(key)));
  return usages.filter(({ allowed }) => allowed).length;
}

beforeAll(() => configureLogging('silent', 'test'));

describe('a rate limiter in memory', () => {
  it('lets exactly so many through and says when to come again', async () => {
    const limiter = new RateLimiter(limit);
    expect(await limiter.look('a')).toMatchObject({ allowed: true, limit: 5, remaining: 5 });
    expect(await allowedOf([limiter], 12, 'a')).toBe(5);
    const refused = await limiter.consume('a');
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(refused.resetMs).toBeGreaterThan(50_000);
    expect((await limiter.consume('b')).allowed).toBe(true);
  });

  it('takes nothing when it only looks', async () => {
    const limiter = new RateLimiter(limit);
    for (let round = 0; round < 20; round += 1) await limiter.look('a');
    expect(await allowedOf([limiter], 10, 'a')).toBe(5);
  });
});

describe('a rate limiter with Redis', () => {
  let server: SystemServer;
  let folder: string;
  let redis: RedisConnection;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fechatter-redis-'));
    server = await startRedis({ dir: folder });
    redis = new RedisConnection(server.url, 500, 100);
    await eventually(() => redis.isReady);
  });

  afterAll(async () => {
    redis.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('counts together over several processes', async () => {
    const others = [1, 2, 3, 4].map(() => new RateLimiter(limit, redis));
    expect(await allowedOf(others, 40, 'together')).toBe(5);
    expect((await redis.indicator.check()).state).toBe('up');
  });

  it('counts in memory while Redis hangs, and nobody waits for it twice', async () => {
    const quick = new RedisConnection(server.url, 50, 60_000);
    await eventually(() => quick.isReady);
    const limiter = new RateLimiter(limit, quick);
    server.pause();
    try {
      expect(await allowedOf([limiter], 20, 'hang')).toBe(5);
      expect(quick.isReady).toBe(false);
      await expect(quick.run((client) => client.ping())).rejects.toThrow('a moment ago');
    } finally {
      server.resume();
      quick.close();
    }
  });

  it('lets fewer through while Redis is away, where that is asked for', async () => {
    const nowhere = new RedisConnection('redis://127.0.0.1:1');
    const limiter = new RateLimiter({ ...limit, pointsAlone: 3 }, nowhere);
    expect(await limiter.look('alone')).toMatchObject({ allowed: true, remaining: 3 });
    expect(await allowedOf([limiter], 12, 'alone')).toBe(3);
    nowhere.close();
    expect(await allowedOf([new RateLimiter({ ...limit, pointsAlone: 3 })], 12, 'alone')).toBe(5);
    expect(await allowedOf([new RateLimiter({ ...limit, pointsAlone: 3 }, redis)], 12, 'not alone')).toBe(5);
  });

  it('counts in memory where there is no Redis at all', async () => {
    const nowhere = new RedisConnection('redis://127.0.0.1:1');
    const limiter = new RateLimiter(limit, nowhere);
    expect(await allowedOf([limiter], 20, 'nowhere')).toBe(5);
    nowhere.close();
  });
});
