import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { configureLogging } from '#telemetry/logger.js';
import { race, type Step } from './race.fixture.js';
import { storeOn, testRedis, type TestRedis } from './redis.fixture.js';
import type { RedisConnection } from './redis.js';
import { FakeStore } from './store.fixture.js';
import type { Store, Write } from './store.js';

const isNight = process.env.NIGHTLY === 'true';
const schedules = isNight ? 10_000 : 400;
const runs = isNight ? 1_500 : 100;
const crowd = { readers: 6, writers: 2 };

/** Runs schedules until one leaves somebody with a stale value. */
async function explore(careless: boolean): Promise<fc.RunDetails<[fc.Scheduler, boolean]>> {
  return fc.check(
    fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, versioned) => {
      const step: Step = (work) => scheduler.schedule(Promise.resolve()).then(work);
      const store = new FakeStore(step, { careless });
      const size = { readers: 3, writers: 2, versioned };
      const stale = await race(
        () => store,
        step,
        size,
        (all) => scheduler.waitFor(all),
      );
      expect(stale).toEqual([]);
    }),
    { numRuns: schedules, endOnFailure: true },
  );
}

describe('The stale-set race, every step in any order,', () => {
  it('leaves nobody with a stale value', async () => {
    const { failed, counterexample, errorInstance } = await explore(false);
    expect({ failed, counterexample, errorInstance }).toMatchObject({ failed: false });
  });

  it('is found where the store takes whatever comes', async () => {
    expect((await explore(true)).failed).toBe(true);
  });
});

/** An ordinary cache: what was loaded is stored. */
class PlainSet implements Store {
  constructor(
    private readonly redis: RedisConnection,
    private readonly key: string,
  ) {}

  async begin(ids: readonly string[]) {
    const found = await this.redis.run((client) => client.mGet(ids.map((id) => `${this.key}:${id}`)));
    return found.map((json) => (json === null ? ({ kind: 'load' } as const) : ({ kind: 'hit', json } as const)));
  }

  async finish(writes: readonly Write[]): Promise<void> {
    await this.redis.run((client) => client.mSet(writes.map(({ id, json }) => [`${this.key}:${id}`, json])));
  }

  async release(): Promise<void> {
    // It has no leases.
  }

  async invalidate(ids: readonly string[]): Promise<void> {
    await this.redis.run((client) => client.del(ids.map((id) => `${this.key}:${id}`)));
  }

  async invalidateAll(): Promise<void> {
    // Nobody asks for it here.
  }

  async all(): Promise<[string, string][]> {
    return [];
  }

  onRenewed(): void {
    // It has no generations.
  }
}

describe('The stale-set race on a real Redis', () => {
  let test: TestRedis;
  let connections: RedisConnection[];
  const delayed: Step = async (work) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    return work();
  };

  beforeAll(async () => {
    configureLogging('silent', 'test');
    test = await testRedis();
    connections = await Promise.all(Array.from({ length: 8 }, () => test.connect()));
  });
  afterAll(() => test.close());

  async function staleRuns(make: (redis: RedisConnection, name: string) => Store, count: number): Promise<number> {
    let stale = 0;
    for (let start = 0; start < count; start += 25) {
      const batch = Array.from({ length: Math.min(25, count - start) }, (_, index) => {
        let next = 0;
        const makeStore = () =>
          make(connections[next++ % connections.length] as RedisConnection, `race-${start + index}`);
        return race(makeStore, delayed, { ...crowd, versioned: index % 2 === 0 });
      });
      stale += (await Promise.all(batch)).filter((versions) => versions.length > 0).length;
    }
    return stale;
  }

  it(`leaves nobody with a stale value in ${runs} runs`, async () => {
    expect(await staleRuns(storeOn, runs)).toBe(0);
  });

  it('leaves some with one where what was loaded is simply stored', async () => {
    expect(await staleRuns((redis, name) => new PlainSet(redis, `plain-${name}`), runs)).toBeGreaterThan(0);
  });
});
