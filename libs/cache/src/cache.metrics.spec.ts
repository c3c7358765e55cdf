import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configureLogging } from '#telemetry/logger.js';
import { gate } from '#testing/gate.js';
import { countedBy } from './counts.fixture.js';
import { storeOn, testRedis, type TestRedis } from './redis.fixture.js';
import type { RedisConnection } from './redis.js';
import { cachedTable, type Row } from './values.fixture.js';

const ada: Row = { id: 1, name: 'ada' };
const bob: Row = { id: 2, name: 'bob' };
const none = { memory: 0, redis: 0, misses: 0, stale: 0 };

let test: TestRedis;
let redis: RedisConnection;

beforeAll(async () => {
  configureLogging('silent', 'test');
  test = await testRedis();
  redis = await test.connect();
});
afterAll(() => test.close());

const rows = () => new Map([ada, bob].map((row) => [row.id, row]));

describe('What a cache counts', () => {
  it('is a miss for what was loaded, and a hit in the layer where it was found', async () => {
    const store = storeOn(redis);
    const one = cachedTable({ name: 'layers' }, store, rows()).values;
    const other = cachedTable({ name: 'layers' }, store, rows()).values;
    const counted = (work: () => Promise<unknown>) => countedBy('layers', work);
    expect(await counted(() => one.getOrComputeMany([1, 2, 3]))).toEqual({ ...none, misses: 3 });
    expect(await counted(() => one.getOrComputeMany([1, 2, 3]))).toEqual({ ...none, memory: 3 });
    expect(await counted(() => other.getOrComputeMany([1, 2, 3]))).toEqual({ ...none, redis: 3 });
    expect(await counted(() => other.getOrComputeMany([1, 2, 4]))).toEqual({ ...none, memory: 2, misses: 1 });
    await one.invalidate([1]);
    expect(await counted(() => one.getOrCompute(1))).toEqual({ ...none, misses: 1 });
  });

  it('is nothing for who waits for the load of somebody else', async () => {
    const { values } = cachedTable({ name: 'crowd' }, storeOn(redis), rows());
    const all = () => Promise.all(Array.from({ length: 20 }, () => values.getOrCompute(1)));
    expect(await countedBy('crowd', all)).toEqual({ ...none, misses: 1 });
  });

  it('is stale for what ran out in memory and was served all the same, and a miss for the load behind it', async () => {
    const table = cachedTable({ name: 'stale', localMs: 0, staleMs: 60_000 }, undefined, rows());
    await table.values.getOrCompute(1);
    const { opened, open } = gate();
    table.gate = opened;
    const twice = async () => [await table.values.getOrCompute(1), await table.values.getOrCompute(1)];
    expect(await countedBy('stale', twice)).toEqual({ ...none, stale: 2, misses: 1 });
    open();
  });

  it('is stale for what ran out in Redis and is shown while somebody else loads it', async () => {
    const store = storeOn(redis);
    await store.begin(['1'], 'one');
    await store.finish(
      [{ id: '1', json: '{"id":1,"name":"old"}', version: undefined, ttlMs: 0, staleMs: 60_000 }],
      'one',
    );
    await store.begin(['1'], 'who loads');
    const { values } = cachedTable({ name: 'leased', staleMs: 60_000 }, store, rows());
    expect(await countedBy('leased', () => values.getOrCompute(1))).toEqual({ ...none, stale: 1 });
  });
});
