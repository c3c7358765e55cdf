import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { configureLogging } from '#telemetry/logger.js';
import { metrics } from '#telemetry/metrics.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { upTo } from '#testing/range.js';
import { ConnectionMonitor } from './connection.monitor.js';
import { defaultPool } from './data-source.js';
import type { Database } from './database.js';
import { add, service } from './session.fixture.js';

const max = 3;

let test: TestDatabase;
let database: Database;
let lines: object[] = [];

beforeAll(async () => {
  configureLogging('warn', 'test', { write: (line) => void lines.push(JSON.parse(line) as object) });
  test = await testDatabase([service]);
  database = await test.database('pool', { ...defaultPool, max });
}, 60_000);
beforeEach(() => {
  lines = [];
  // What has to be left to the driver and to what waits for it.
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'performance', 'Date', 'queueMicrotask'],
  });
});
afterEach(() => {
  jest.useRealTimers();
});
afterAll(async () => {
  await test?.close();
  configureLogging('silent', 'test');
});

/** Does something while so many transactions have, or wait for, a connection. */
async function whileHeld(count: number, work: () => unknown): Promise<void> {
  const held = gate();
  const busy = upTo(count).map(() => database.transaction(() => held.opened));
  const inUse = () => database.poolState().total - database.poolState().idle;
  await eventually(() => inUse() === Math.min(count, max) && database.poolState().waiting === Math.max(0, count - max));
  try {
    await work();
  } finally {
    held.open();
    await Promise.all(busy);
  }
}

async function gauges(): Promise<Record<string, number>> {
  const found = (await metrics.metrics()).matchAll(/^db_connections_(\w+)\{pool="watched"\} (\d+)$/gm);
  return Object.fromEntries([...found].map(([, name, value]) => [String(name), Number(value)] as const));
}

describe('The monitor of a pool', () => {
  it('warns in the log, every ten seconds, while nearly all connections are in use', async () => {
    const monitor = new ConnectionMonitor([{ name: 'watched', database }]);
    await whileHeld(max + 1, () => {
      jest.advanceTimersByTime(9_999);
      expect(lines).toEqual([]);
      jest.advanceTimersByTime(1);
      const message = 'Database connection pool nearly exhausted';
      const warning = { level: 'warn', message, pool: 'watched', active: max, max, waiting: 1 };
      expect(lines).toMatchObject([warning]);
      jest.advanceTimersByTime(10_000);
      expect(lines).toMatchObject([warning, warning]);
    });
    jest.advanceTimersByTime(10_000);
    expect(lines).toHaveLength(2);
    monitor.stop();
  });

  it('warns no more once it has stopped', async () => {
    new ConnectionMonitor([{ name: 'watched', database }]).stop();
    await whileHeld(max, () => jest.advanceTimersByTime(60_000));
    expect(lines).toEqual([]);
  });

  it('shows how many connections are in use and at rest, and how many callers wait', async () => {
    const monitor = new ConnectionMonitor([{ name: 'watched', database }]);
    await whileHeld(max + 2, async () => {
      expect(await gauges()).toEqual({ active: max, idle: 0, waiting: 2, max });
    });
    await whileHeld(1, async () => {
      expect(await gauges()).toEqual({ active: 1, idle: max - 1, waiting: 0, max });
    });
    expect(await gauges()).toEqual({ active: 0, idle: max, waiting: 0, max });
    monitor.stop();
  });
});

describe('A connection', () => {
  it('is renewed once it is half an hour old', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance', 'Date', 'queueMicrotask'] });
    const aging = await test.database('pool');
    const pid = async () => (await aging.query<{ pid: number }>(add, [1, 2]))[0]?.pid;
    const first = await pid();
    jest.advanceTimersByTime(1_799_999);
    expect(await pid()).toBe(first);
    jest.advanceTimersByTime(1);
    expect(await pid()).not.toBe(first);
  });
});
