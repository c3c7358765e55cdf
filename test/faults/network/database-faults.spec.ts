import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FechatterError } from '#contracts/error.js';
import { createDataSource, defaultPool } from '#database/data-source.js';
import { Database } from '#database/database.js';
import { isConnectionLost, isNeverSent } from '#database/errors.js';
import { sql } from '#database/statement.js';
import { configureLogging } from '#telemetry/logger.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { FaultProxy } from './fault-proxy.js';

const service = { schema: 'far', entities: [], migrations: [] };
const pid = sql('spec.pid', 'SELECT pg_backend_pid() AS pid');
const fail = sql('spec.fail', 'SELECT 1 / 0');

/** PostgreSQL ends a statement after this, and the client gives up two seconds later. */
const statementTimeoutMs = 300;
const patienceMs = 5_000;

let test: TestDatabase;
let proxy: FaultProxy;
let database: Database;

beforeAll(async () => {
  configureLogging('silent', 'test');
  test = await testDatabase([service]);
  const url = new URL(test.url('far'));
  proxy = await FaultProxy.start({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const pool = { ...defaultPool, max: 2, acquireTimeoutMs: 1_000, statementTimeoutMs };
  database = new Database(await createDataSource(url.href, service, pool).initialize());
}, 60_000);
afterEach(() => {
  proxy.isBlackHole = false;
});
afterAll(async () => {
  await database?.close();
  await proxy?.close();
  await test?.close();
});

async function pidOf(): Promise<number | undefined> {
  return (await database.query<{ pid: number }>(pid))[0]?.pid;
}

/** How it fails, in bounded time. */
async function failure(work: () => Promise<unknown>): Promise<unknown> {
  const started = performance.now();
  const error = await work().then(
    () => 'nothing',
    (reason: unknown) => reason,
  );
  expect(performance.now() - started).toBeLessThan(patienceMs);
  return error;
}

describe('While PostgreSQL is not heard of any more', () => {
  it('a statement fails after its time, nobody knows whether it was done, and the next one meets another connection', async () => {
    const before = await pidOf();
    proxy.isBlackHole = true;
    const error = await failure(pidOf);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', cause: { message: 'Query read timeout' } });
    expect([isNeverSent(error), isConnectionLost(error)]).toEqual([false, true]);
    proxy.isBlackHole = false;
    expect(await pidOf()).not.toBe(before);
  });

  it('a connection that does not begin fails after its time, and nothing was sent', async () => {
    await database.transaction(async () => {
      proxy.isBlackHole = true;
      const error = await failure(pidOf);
      expect([isNeverSent(error), isConnectionLost(error)]).toEqual([true, true]);
      proxy.isBlackHole = false;
    });
  });

  it('a transaction fails with its statement: nothing more is sent on its connection, not even a ROLLBACK', async () => {
    const before = await pidOf();
    let second: unknown;
    const error = await failure(() =>
      database.transaction(async (transaction) => {
        proxy.isBlackHole = true;
        await transaction.query(pid).catch(() => undefined);
        second = await failure(() => transaction.query(pid));
        return 'done';
      }),
    );
    expect(error).toMatchObject({ code: 'UNAVAILABLE', cause: { message: 'Query read timeout' } });
    expect(second).toMatchObject({ code: 'UNAVAILABLE' });
    proxy.isBlackHole = false;
    expect(await pidOf()).not.toBe(before);
  });

  it.each(['commit', 'rollback'])('a %s fails after its time, and its connection is used no more', async (step) => {
    const before = await pidOf();
    const refused = new FechatterError('CONFLICT');
    const error = await failure(() =>
      database.transaction(async (transaction) => {
        await transaction.query(pid);
        proxy.isBlackHole = true;
        if (step === 'rollback') throw refused;
      }),
    );
    if (step === 'rollback') expect(error).toBe(refused);
    else expect(error).toMatchObject({ code: 'UNAVAILABLE', cause: { message: 'Query read timeout' } });
    proxy.isBlackHole = false;
    expect(await pidOf()).not.toBe(before);
  });
});

describe('A primary that has become a standby', () => {
  it('is left by the transactions that wanted to write', async () => {
    const readOnly = sql('spec.read_only', `SELECT set_config('transaction_read_only', 'on', true)`);
    const write = sql('spec.write', 'CREATE TEMPORARY TABLE written ()');
    const before = await pidOf();
    const error = await failure(() =>
      database.transaction(async (transaction) => {
        await transaction.query(readOnly);
        await transaction.query(write);
      }),
    );
    expect(error).toMatchObject({ code: 'UNAVAILABLE', cause: { code: '25006' } });
    expect(await pidOf()).not.toBe(before);
  });

  it('is another matter than a statement that fails: that one leaves its connection as it is', async () => {
    const before = await pidOf();
    await failure(() => database.transaction((transaction) => transaction.query(fail)));
    expect(await pidOf()).toBe(before);
  });
});
