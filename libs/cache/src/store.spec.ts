import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configureLogging } from '#telemetry/logger.js';
import { storeOn, testRedis, type TestRedis } from './redis.fixture.js';
import type { RedisConnection } from './redis.js';
import { FakeStore } from './store.fixture.js';
import type { Store, Write } from './store.js';

let test: TestRedis;
let redis: RedisConnection;

beforeAll(async () => {
  configureLogging('silent', 'test');
  test = await testRedis();
  redis = await test.connect();
});
afterAll(() => test.close());

const write = (json: string, more: Partial<Write> = {}): Write => ({
  id: '1',
  json,
  version: undefined,
  ttlMs: 60_000,
  staleMs: 0,
  ...more,
});

const kinds: [string, (leaseMs?: number) => Store][] = [
  ['in Redis', (leaseMs) => storeOn(redis, undefined, leaseMs)],
  [
    'of the race explorer',
    (leaseMs) => new FakeStore(async (work) => work(), leaseMs === undefined ? {} : { leaseMs }),
  ],
];

describe.each(kinds)('A store %s', (_, make) => {
  it('gives the lease to one, lets the others wait, and has the value afterwards', async () => {
    const store = make();
    expect(await store.begin(['1', '2'], 'a')).toEqual([{ kind: 'load' }, { kind: 'load' }]);
    expect(await store.begin(['1'], 'b')).toEqual([{ kind: 'wait' }]);
    await store.finish([write('"one"')], 'a');
    expect(await store.begin(['1'], 'b')).toEqual([{ kind: 'hit', json: '"one"' }]);
    expect(await store.all()).toEqual([['1', '"one"']]);
  });

  it('stores nothing without the lease', async () => {
    const store = make();
    await store.begin(['1'], 'a');
    await store.finish([write('"b"')], 'b');
    expect(await store.begin(['1'], 'c')).toEqual([{ kind: 'wait' }]);
  });

  it('takes the lease back from its holder only', async () => {
    const store = make();
    await store.begin(['1'], 'a');
    await store.release(['1'], 'b');
    expect(await store.begin(['1'], 'b')).toEqual([{ kind: 'wait' }]);
    await store.release(['1'], 'a');
    expect(await store.begin(['1'], 'b')).toEqual([{ kind: 'load' }]);
  });

  it('stores nothing that was invalidated while it was loaded', async () => {
    const store = make();
    await store.begin(['1'], 'a');
    await store.invalidate(['1'], {});
    await store.finish([write('"old"')], 'a');
    expect(await store.begin(['1'], 'b')).toEqual([{ kind: 'load' }]);
  });

  it('stores nothing older than the version that it was told of', async () => {
    const store = make();
    await store.invalidate(['1'], { version: 5 });
    await store.begin(['1'], 'a');
    await store.finish([write('"four"', { version: 4 })], 'a');
    expect(await store.begin(['1'], 'b')).toEqual([{ kind: 'load' }]);
    await store.finish([write('"five"', { version: 5 })], 'b');
    expect(await store.begin(['1'], 'c')).toEqual([{ kind: 'hit', json: '"five"' }]);
    await store.invalidate(['1'], { version: 3 });
    await store.begin(['1'], 'd');
    await store.finish([write('"four"', { version: 4 })], 'd');
    expect(await store.begin(['1'], 'e')).toEqual([{ kind: 'load' }]);
  });

  it('stores nothing while a change is made', async () => {
    const store = make();
    await store.begin(['1'], 'a');
    await store.invalidate(['1'], { holdMs: 60_000 });
    expect(await store.begin(['1'], 'b')).toEqual([{ kind: 'wait' }]);
    await store.finish([write('"old"')], 'a');
    await store.finish([write('"old"')], 'b');
    expect(await store.begin(['1'], 'b')).toEqual([{ kind: 'wait' }]);
    await store.invalidate(['1'], {});
    expect(await store.begin(['1'], 'b')).toEqual([{ kind: 'load' }]);
  });

  it('shows what has run out to those who wait, and gives the lease to one', async () => {
    const store = make();
    await store.begin(['1'], 'a');
    await store.finish([write('"stale"', { ttlMs: 0, staleMs: 60_000 })], 'a');
    expect(await store.begin(['1'], 'b')).toEqual([{ kind: 'load', stale: '"stale"' }]);
    expect(await store.begin(['1'], 'c')).toEqual([{ kind: 'wait', stale: '"stale"' }]);
  });

  it('gives the lease of one who died to another', async () => {
    const store = make(1_000);
    await store.begin(['1'], 'the dead');
    let found = await store.begin(['1'], 'heir');
    while (found[0]?.kind === 'wait') found = await store.begin(['1'], 'heir');
    expect(found).toEqual([{ kind: 'load' }]);
    await store.finish([write('"late"')], 'the dead');
    expect(await store.begin(['1'], 'b')).toEqual([{ kind: 'wait' }]);
  });

  it('forgets everything of its pattern at once', async () => {
    const store = make();
    await store.begin(['1', '2'], 'a');
    await store.finish([write('"one"')], 'a');
    await store.invalidateAll();
    await store.finish([write('"two"', { id: '2' })], 'a');
    expect(await store.all()).toEqual([]);
    expect(await store.begin(['1', '2'], 'b')).toEqual([{ kind: 'load' }, { kind: 'load' }]);
  });
});
