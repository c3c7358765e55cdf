import type { z } from 'zod';
import { LocalBus } from '#bus/local-bus.js';
import { readConfig } from '#config/config.js';
import type { ServiceDataSource } from '#database/data-source.js';
import type { Database } from '#database/database.js';
import type { App, RunningApp } from '#service/app.js';
import { configureLogging } from '#telemetry/logger.js';
import { testDatabase, type TestDatabase } from './database.js';

/** Any set of apps in this process, on one bus and one fresh database. */
export interface House {
  readonly bus: LocalBus;
  readonly test: TestDatabase;
  /** Where people connect, when the gateway is among the apps. */
  readonly url: string;
  database(schema: string): Promise<Database>;
  close(): Promise<void>;
}

/** What all apps of a house read unless `env` says otherwise. */
const environment = {
  FECHATTER_SECRET: 'a secret for tests, long enough',
  FECHATTER_BUS_SECRET: 'another secret for tests',
  NODE_ENV: 'test',
  PORT: '0',
  RATE_LIMITS: 'off',
};

/**
 * Boots real apps on a bus that freezes what it carries and checks every reply against its contract. `dataSources` are
 * those of the apps that own a schema.
 */
export async function startHouse(options: {
  apps: readonly App<z.ZodObject>[];
  dataSources: readonly ServiceDataSource[];
  env?: Record<string, string>;
}): Promise<House> {
  configureLogging('error', 'house');
  const test = await testDatabase(options.dataSources);
  const bus = new LocalBus({ freeze: true });
  const running: RunningApp[] = [];
  const close = async () => {
    for (const app of running.reverse()) await app.stop();
    await bus.close();
    await test.close();
  };
  try {
    for (const app of options.apps) {
      const owns = options.dataSources.some(({ schema }) => schema === app.name);
      const database = owns ? { DATABASE_URL: test.url(app.name) } : {};
      const config = readConfig(app.config, { ...environment, ...database, ...options.env });
      running.push(await app.start({ config, bus, validateReplies: true }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  const port = running.find((app) => app.port !== undefined)?.port;
  const url = port === undefined ? '' : `http://127.0.0.1:${port}`;
  return { bus, test, url, database: (schema) => test.database(schema), close };
}
