import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { configureLogging } from '#telemetry/logger.js';
import { metrics } from '#telemetry/metrics.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { ConnectionMonitor } from './connection.monitor.js';
import { createDataSource, defaultPool, type PoolSettings } from './data-source.js';
import { add, inForce, service, settings, sleep } from './session.fixture.js';
import { sql } from './statement.js';

const divide = sql('spec.divide', 'SELECT 1 / $1::int AS result');
const soonEnded = sql(
  'spec.soon_ended',
  `SELECT set_config('idle_in_transaction_session_timeout', '100ms', true), pg_backend_pid() AS pid`,
);
const alive = sql('spec.alive', 'SELECT FROM pg_stat_activity WHERE pid = $1');

let test: TestDatabase;

beforeAll(async () => {
  configureLogging('silent', 'test');
  test = await testDatabase([service]);
}, 60_000);
afterAll(() => test.close());

async function optionsOf(pool: PoolSettings): Promise<object> {
  const dataSource = await createDataSource(test.url('pool'), service, pool).initialize();
  const { options } = (dataSource.driver as PostgresDriver).master as pg.Pool;
  await dataSource.destroy();
  return options;
}

describe('A pool', () => {
  it('has the time-outs of the guide in every session', async () => {
    expect(await (await test.database('pool')).query(settings)).toEqual(inForce);
  });

  it('has the settings of the guide', async () => {
    expect(await optionsOf(defaultPool)).toMatchObject({
      ...{ max: 10, min: 1, connectionTimeoutMillis: 3_000, idleTimeoutMillis: 600_000, maxLifetimeSeconds: 1_800 },
      ...{ keepAlive: true, keepAliveInitialDelayMillis: 10_000, query_timeout: 12_000 },
    });
  });

  it('has no limit of its own where PostgreSQL has none, as for migrations', async () => {
    const options = await optionsOf({ ...defaultPool, statementTimeoutMs: 0 });
    expect(options).toMatchObject({ statement_timeout: 0, query_timeout: 0 });
  });

  it('gets the connection of a forgotten transaction back: PostgreSQL ends it', async () => {
    const [database, other] = [await test.database('pool', { ...defaultPool, max: 1 }), await test.database('pool')];
    const forgotten = database.transaction(async (transaction) => {
      const [session] = await transaction.query<{ pid: number }>(soonEnded);
      await eventually(async () => (await other.query(alive, [session?.pid])).length === 0, 'PostgreSQL ends it');
      await transaction.query(add, [1, 2]);
    });
    await expect(forgotten).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await database.query(add, [1, 2])).toMatchObject([{ sum: 3 }]);
  });

  it('that is exhausted lets callers wait for a bounded time, answers UNAVAILABLE, and recovers', async () => {
    const database = await test.database('pool', { ...defaultPool, max: 2, acquireTimeoutMs: 1_000 });
    const held = gate();
    const busy = [1, 2].map(() => database.transaction(() => held.opened));
    await expect(database.query(add, [1, 2])).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
    held.open();
    await Promise.all(busy);
    expect(await database.query(add, [1, 2])).toMatchObject([{ sum: 3 }]);
  });

  it('lets no more than a thousand wait', async () => {
    const database = await test.database('pool', { ...defaultPool, max: 1, acquireTimeoutMs: 25_000 });
    const asked = Array.from({ length: 1_500 }, () => database.query(add, [1, 2]).then(() => 'answered', String));
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => answer === 'answered').length).toBeGreaterThanOrEqual(1_000);
    expect(answers.filter((answer) => /busy or not reachable/.test(answer)).length).toBeGreaterThanOrEqual(400);
  });

  it('shows how full it is, and says so when it is nearly exhausted', async () => {
    const database = await test.database('pool', { ...defaultPool, max: 2 });
    const monitor = new ConnectionMonitor([{ name: 'watched', database }]);
    expect(monitor.look()).toEqual([]);
    const busy = [1, 2].map(() => database.query(sleep, [0.3]));
    while (database.poolState().total - database.poolState().idle < 2) await new Promise(setImmediate);
    expect(monitor.look()).toEqual(['watched']);
    const text = await metrics.metrics();
    expect(text).toContain('db_connections_active{pool="watched"} 2');
    expect(text).toContain('db_connections_max{pool="watched"} 2');
    await Promise.all(busy);
    monitor.stop();
    expect(await metrics.metrics()).not.toContain('watched');
  });
});

describe('A statement that fails', () => {
  it('is counted and timed by its name, as the one that succeeds is timed', async () => {
    const database = await test.database('pool');
    await expect(database.query(divide, [0])).rejects.toMatchObject({ code: '22012' });
    await expect(database.transaction((transaction) => transaction.query(divide, [0]))).rejects.toMatchObject({
      code: '22012',
    });
    await database.query(divide, [2]);
    const text = await metrics.metrics();
    expect(text).toContain('db_operation_errors_total{operation="spec.divide"} 2');
    expect(text).toContain('db_operation_duration_seconds_count{operation="spec.divide"} 3');
  });
});

describe('The steps of a transaction', () => {
  it('are timed as those of their service', async () => {
    const database = await test.database('pool');
    await database.transaction((transaction) => transaction.query(divide, [1]));
    await database.transaction((transaction) => transaction.query(divide, [0])).catch(() => undefined);
    const text = await metrics.metrics();
    for (const step of ['connect', 'begin', 'commit', 'rollback'])
      expect(text).toMatch(new RegExp(`^db_operation_duration_seconds_count{operation="pool.${step}"} [1-9]`, 'm'));
    expect(text).not.toMatch(/operation="(connect|begin|commit|rollback)"/);
  });
});
