import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { configureLogging } from '#telemetry/logger.js';
import { metrics } from '#telemetry/metrics.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { upTo } from '#testing/range.js';
import { ConnectionMonitor } from './connection.monitor.js';
import { defaultPool } from './data-source.js';
import { DatabaseIndicator } from './database.indicator.js';
import { DatabaseModule } from './database.module.js';
import { Database } from './database.js';

class FastDatabase extends Database {}

const service = { schema: 'lanes', entities: [], migrations: [] };
const lane = { name: 'fast', token: FastDatabase, max: 2, fullIsNormal: true };

let test: TestDatabase;
let app: INestApplicationContext;
beforeAll(async () => {
  configureLogging('silent', 'test');
  test = await testDatabase([service]);
  const module = DatabaseModule.register(test.url('lanes'), service, { ...defaultPool, max: 5 }, lane);
  app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
}, 60_000);
afterAll(async () => {
  await app?.close();
  await test.close();
});

describe('A service with a lane', () => {
  it('shows both pools, each under a name of its own', async () => {
    const text = await metrics.metrics();
    expect(text).toContain('db_connections_max{pool="lanes"} 3');
    expect(text).toContain('db_connections_max{pool="lanes.fast"} 2');
    const { details } = await app.get(DatabaseIndicator).check();
    expect(details).toMatchObject({ pools: { lanes: { max: 3 }, 'lanes.fast': { max: 2 } } });
  });

  it('warns of its pool when that is full, and of a lane that may be full when somebody waits for it', async () => {
    const monitor = app.get(ConnectionMonitor);
    const lanes = app.get(FastDatabase);
    expect(monitor.look()).toEqual([]);
    const { opened, open } = gate();
    let held = 0;
    const hold = (database: Database) =>
      database.transaction(async () => {
        held += 1;
        await opened;
      });
    const busy = [...upTo(3).map(() => hold(app.get(Database))), ...upTo(2).map(() => hold(lanes))];
    await eventually(() => held === busy.length, 'all connections are in use');
    expect(monitor.look()).toEqual(['lanes']);
    busy.push(hold(lanes));
    await eventually(() => lanes.poolState().waiting === 1);
    expect(monitor.look()).toEqual(['lanes', 'lanes.fast']);
    open();
    await Promise.all(busy);
  });
});
