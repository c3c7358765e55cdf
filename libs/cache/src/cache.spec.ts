import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { Cache } from './cache.js';
import type { CachedValues } from './cached-values.js';
import { lastingPattern } from './pattern.fixture.js';
import { RedisConnection } from './redis.js';
import { testRedis, type TestRedis } from './redis.fixture.js';

interface Row {
  readonly name: string;
}

let test: TestRedis;

beforeAll(async () => {
  configureLogging('silent', 'test');
  test = await testRedis();
});
afterAll(() => test.close());

/** A process of an installation with one row, whose events the others hear while `isHeard`. */
class Process {
  readonly cache: Cache;
  readonly values: CachedValues<number, Row>;
  private static readonly all = new Set<Process>();
  private static rows = new Map<string, string>();

  constructor(
    readonly pattern: string,
    redis: RedisConnection,
    private readonly isHeard: boolean,
  ) {
    const publish = (name: string, ids?: readonly (string | number)[]) => {
      if (!this.isHeard) return;
      for (const { cache, pattern: other } of Process.all) if (other === pattern) void cache.hear(name, ids);
    };
    this.cache = new Cache({ invalidations: { publish }, mostLoads: 4, redis });
    this.values = this.cache.values<number, Row>(lastingPattern(pattern), async (ids) => {
      const value = { name: Process.rows.get(pattern) ?? 'ada' };
      return new Map(ids.map((id) => [id, { value }]));
    });
    Process.all.add(this);
  }

  async name(id = 1): Promise<string | undefined> {
    return (await this.values.getOrCompute(id))?.name;
  }

  async rename(name: string): Promise<void> {
    await this.values.change([1], async () => Process.rows.set(this.pattern, name));
  }
}

describe('The cache of a process', () => {
  it('invalidates in Redis what it hears of, as who said so may not reach Redis', async () => {
    const cutOff = new RedisConnection('redis://127.0.0.1:1');
    const reader = new Process('heard', await test.connect(), false);
    expect(await reader.name()).toBe('ada');
    await new Process('heard', cutOff, true).rename('lovelace');
    await eventually(async () => (await reader.name()) === 'lovelace');
    cutOff.close();
  });

  it('begins anew in Redis when it starts, as its predecessor may have died before it could invalidate', async () => {
    const mortal = new RedisConnection(test.server.url, 50);
    await eventually(() => mortal.isReady);
    // Nothing is remembered by who reads, so that Redis is asked each time.
    const reader = new Process('died', await test.connect(), false);
    expect(await reader.name()).toBe('ada');
    const dying = new Process('died', mortal, false);
    test.server.pause();
    await dying.rename('lovelace');
    mortal.close();
    test.server.resume();
    reader.values.forget();
    expect(await reader.name()).toBe('ada');
    const successor = new Process('died', await test.connect(), false);
    expect(await successor.name()).toBe('lovelace');
  });

  it('forgets what it remembers when it learns that others have begun anew', async () => {
    const reader = new Process('renewed', await test.connect(), false);
    const writer = new Process('renewed', await test.connect(), false);
    await writer.name();
    expect(await reader.name()).toBe('ada');
    await writer.rename('lovelace');
    await writer.values.invalidateAll();
    let id = 2;
    // It learns of it when it asks Redis for something else.
    await eventually(async () => (await reader.name(id++)) && (await reader.name()) === 'lovelace');
  });

  it('has the values of a pattern once', async () => {
    const { cache } = new Process('twice', await test.connect(), false);
    expect(() => cache.values(lastingPattern('twice'), async () => new Map())).toThrow('twice:{id} is cached twice');
  });
});
