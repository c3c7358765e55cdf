import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testRedis, type TestRedis } from '../../libs/cache/src/redis.fixture.js';
import type { Audit } from '#cache/auditor.js';
import { configureLogging } from '#telemetry/logger.js';

const script = fileURLToPath(new URL('../../dist/test/faults/cache-process.js', import.meta.url));

/** One of several processes that share a cache; it loads what nobody has, and says how often. */
class Reader {
  private constructor(private readonly child: ChildProcess) {}

  static async start(url: string): Promise<Reader> {
    const child = fork(script, [url]);
    await once(child, 'message');
    return new Reader(child);
  }

  /** How often it loaded, of so many who ask for the value at once and wait so long for another process. */
  async ask(id: number, times: number, loadMs: number, waitMs = 50): Promise<number> {
    this.child.send({ id, times, loadMs, waitMs });
    const [{ loads }] = (await once(this.child, 'message')) as [{ loads: number }];
    return loads;
  }

  /** To be asked when all is over. */
  async audit(): Promise<Audit> {
    this.child.send('audit');
    const [found] = (await once(this.child, 'message')) as [Audit];
    return found;
  }

  /** Begins to load, and dies of it. */
  async dieLoading(id: number): Promise<void> {
    this.child.send({ id, times: 1, loadMs: 60_000 });
    await once(this.child, 'message');
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }
}

describe('Four processes on one Redis', () => {
  let test: TestRedis;
  let readers: Reader[];

  beforeAll(async () => {
    configureLogging('silent', 'test');
    test = await testRedis();
    readers = await Promise.all([1, 2, 3, 4].map(() => Reader.start(test.server.url)));
  });
  afterAll(async () => {
    await Promise.all(readers.map((reader) => reader.stop()));
    await test.close();
  });

  it('load a value at most once each when 1,000 ask who all miss it, and once in all where loading is quick', async () => {
    const quick = await Promise.all(readers.map((reader) => reader.ask(1, 250, 0, 10_000)));
    expect(quick.reduce((sum, loads) => sum + loads)).toBe(1);
    const slow = await Promise.all(readers.map((reader) => reader.ask(2, 250, 500)));
    expect(Math.max(...slow)).toBe(1);
  });

  it('go on after one of them died while it loaded, and load once in all when its lease has ended', async () => {
    await readers[0]?.dieLoading(3);
    const ask = (waitMs?: number) => Promise.all(readers.slice(1).map((reader) => reader.ask(3, 10, 0, waitMs)));
    // Who does not wait for the end of the lease loads for itself, and stores nothing.
    expect(Math.max(...(await ask()))).toBe(1);
    expect((await ask(10_000)).reduce((sum, loads) => sum + loads)).toBeLessThanOrEqual(1);
    expect(await ask()).toEqual([0, 0, 0]);
    for (const reader of readers.slice(1)) {
      const { compared, differences } = await reader.audit();
      expect(differences).toEqual([]);
      // Redis holds the value of this test and the two of the one before; these processes hold none.
      expect(compared).toBe(3);
    }
  });
});
