import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { startPgbouncer } from '#servers/pgbouncer.js';
import type { SystemServer } from '#servers/system-server.js';
import { configureLogging } from '#telemetry/logger.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { createDataSource, defaultPool } from './data-source.js';
import { DatabaseModule } from './database.module.js';
import { Database } from './database.js';
import { isStatementTimeout } from './errors.js';
import { add, inForce, service, settings, sleep } from './session.fixture.js';

let test: TestDatabase;

beforeAll(async () => {
  configureLogging('silent', 'test');
  test = await testDatabase([service]);
}, 60_000);
afterAll(() => test.close());

describe('Behind a PgBouncer in transaction mode', () => {
  let folder: string;
  let bouncer: SystemServer;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fechatter-bouncer-'));
    const own = new URL(test.url('pool'));
    bouncer = await startPgbouncer([own.href], { dir: folder });
    own.port = String(bouncer.port);
    url = own.href;
  }, 120_000);
  afterAll(async () => {
    await bouncer?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(prepared: boolean): Promise<Database> {
    const dataSource = createDataSource(url, service, { ...defaultPool, max: 20, prepared });
    return new Database(await dataSource.initialize(), prepared);
  }

  it('statements and transactions of many meet few connections, with the time-outs of the guide', async () => {
    const database = await open(false);
    const work = Array.from({ length: 200 }, (_, index) =>
      index % 2 === 0
        ? database.query<{ sum: number; pid: number }>(add, [index, 1])
        : database.transaction((transaction) => transaction.query<{ sum: number; pid: number }>(add, [index, 1])),
    );
    const rows = (await Promise.all(work)).flat();
    expect(rows.map(({ sum }) => sum)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(new Set(rows.map(({ pid }) => pid)).size).toBeLessThanOrEqual(3);
    expect(await database.query(settings)).toEqual(inForce);
    await database.close();
  });

  it('a lane has its own time-out, and leaves those of the others as they are', async () => {
    class LaneDatabase extends Database {}
    const pool = { ...defaultPool, prepared: false };
    const lane = { name: 'quick', token: LaneDatabase, max: 2, statementTimeoutMs: 300 };
    const module = DatabaseModule.register(url, service, pool, lane);
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    const quick = app.get(LaneDatabase);
    expect(isStatementTimeout(await quick.query(sleep, [9]).catch((error: unknown) => error))).toBe(true);
    expect(await quick.query(settings)).toEqual([{ ...inForce[0], statement: '300ms' }]);
    expect(await app.get(Database).query(settings)).toEqual(inForce);
    await app.close();
  });

  it('a connection that prepares by name is refused, which DATABASE_PREPARED=false is for', async () => {
    await expect(open(true)).rejects.toThrow(/unsupported startup parameter/);
  });
});
