import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { audit } from './auditor.js';
import { RedisConnection } from './redis.js';
import { storeOn, storesOn, testRedis, type TestRedis } from './redis.fixture.js';
import type { RedisStore } from './redis-store.js';
import type { Store } from './store.js';
import { cachedTable, type CachedTable, type Row } from './values.fixture.js';

const ada: Row = { id: 1, name: 'ada' };
const lovelace: Row = { id: 1, name: 'lovelace' };
let test: TestRedis;

beforeAll(async () => {
  configureLogging('silent', 'test');
  test = await testRedis();
});
afterAll(() => test.close());

/** Two processes on one Redis; `quick` gives up on it after half a second, the other one waits. */
async function twoProcesses(name: string): Promise<{ quick: CachedTable; patient: CachedTable }> {
  const rows = new Map([[1, ada]]);
  const [first, second] = await storesOn(name, await test.connect(500), await test.connect());
  // Without a memory of their own, so that Redis is asked each time.
  const local = { localMs: 0 };
  return {
    quick: cachedTable(local, first, rows),
    patient: cachedTable(local, second, rows),
  };
}

async function untilSeen(table: CachedTable, name: string): Promise<void> {
  while ((await table.values.getOrCompute(1))?.name !== name) await new Promise(setImmediate);
}

describe('Redis', () => {
  it('that hangs makes values slower, and what was invalidated meanwhile is gone when it answers again', async () => {
    const { quick, patient } = await twoProcesses('hangs');
    await patient.values.getOrCompute(1);
    await quick.values.getOrCompute(1);
    expect(patient.loads.length + quick.loads.length).toBe(1);
    test.server.pause();
    try {
      quick.rows.set(1, lovelace);
      await quick.values.invalidate([1]);
      expect(await quick.values.getOrCompute(1)).toEqual(lovelace);
    } finally {
      test.server.resume();
    }
    await untilSeen(patient, 'lovelace');
    await untilSeen(quick, 'lovelace');
    expect((await audit(patient.values, Number)).differences).toEqual([]);
  });

  it('that loses everything leaves nothing stale, also of what was being loaded', async () => {
    const { quick, patient } = await twoProcesses('flushed');
    let open!: () => void;
    patient.gate = new Promise((resolve) => (open = resolve));
    const early = patient.values.getOrCompute(1);
    await untilLoading(patient);
    const redis = await test.connect();
    await redis.run((client) => client.flushAll());
    quick.rows.set(1, lovelace);
    await quick.values.invalidate([1]);
    open();
    expect(await early).toEqual(ada);
    await untilSeen(quick, 'lovelace');
    await untilSeen(patient, 'lovelace');
  });

  it('that was away keeps nothing of before: every value of the old generation is invisible', async () => {
    const [redis, other] = [await test.connect(), await test.connect()];
    const [own, store] = (await storesOn('restarted', redis, other)) as [RedisStore, RedisStore];
    const patient = cachedTable({ localMs: 0 }, store, new Map([[1, ada]]));
    await patient.values.getOrCompute(1);
    expect(await own.all()).toHaveLength(1);
    // The server closes every connection; what it has stays.
    const admin = await test.connect();
    await admin.run((client) => client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']));
    await eventually(() => redis.isReady);
    for (let kept = 1; kept > 0; kept = await keptIn(own)) await new Promise(setImmediate);
  });

  it('that is not there at all is no reason to fail', async () => {
    const nowhere = new RedisConnection('redis://127.0.0.1:1');
    const table = cachedTable({}, storeOn(nowhere), new Map([[1, ada]]));
    expect(await table.values.getOrCompute(1)).toEqual(ada);
    expect(await table.values.getOrCompute(1)).toEqual(ada);
    await table.values.invalidate([1]);
    expect(await table.values.getOrCompute(1)).toEqual(ada);
    expect(table.loads).toHaveLength(2);
    nowhere.close();
  });
});

async function untilLoading(table: CachedTable): Promise<void> {
  while (table.loads.length === 0) await new Promise(setImmediate);
}

async function keptIn(store: Store): Promise<number> {
  return store.all().then(
    (all) => all.length,
    () => Infinity,
  );
}
