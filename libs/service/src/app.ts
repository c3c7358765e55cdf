import { NestFactory } from '@nestjs/core';
import type { DynamicModule } from '@nestjs/common';
import type { z } from 'zod';
import type { Bus } from '#bus/bus.js';
import { RpcServer } from '#bus/rpc-server.js';
import { Database } from '#database/database.js';
import { DatabaseIndicator } from '#database/database.indicator.js';
import { requireConnections } from '#database/connection-limit.js';
import { requireDurability } from '#database/durability.js';
import { Pools } from '#database/pools.js';
import type { HealthIndicator } from '#telemetry/health-indicator.js';
import { NestLogger } from '#telemetry/nest-logger.js';
import { Attendance } from './attendance.js';
import { controllersOf } from './controllers.js';

/** What an app is given when it starts. */
export interface AppContext<Config> {
  readonly config: Config;
  readonly bus: Bus;
  readonly validateReplies: boolean;
  /** Refuses to work on a database that could lose what was acknowledged. */
  readonly production?: boolean;
  /** Other processes may serve the same: requests are left to them while this one is not ready. */
  readonly replicated?: boolean;
}

/** An app that runs. `stop` finishes what is in flight and closes what the app opened. */
export interface RunningApp {
  readonly indicators: readonly HealthIndicator[];
  /** Where people connect, if they do so to this app. */
  readonly port?: number;
  stop(): Promise<void>;
}

/** One of the five apps: hosted alone by `runApp`, or beside the others by standalone. */
export interface App<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly config: Schema;
  start(context: AppContext<z.output<Schema>>): Promise<RunningApp>;
}

/** An app that serves requests on the bus and owns a part of the database. */
export function serviceApp<Schema extends z.ZodObject>(definition: {
  name: string;
  config: Schema;
  module: (config: z.output<Schema>, bus: Bus) => DynamicModule;
}): App<Schema> {
  const { name, config: schema, module } = definition;
  return {
    name,
    config: schema,
    async start({ config, bus, validateReplies, production = false, replicated = false }) {
      const app = await NestFactory.createApplicationContext(module(config, bus), {
        logger: new NestLogger(),
        abortOnError: false,
      });
      const indicators = [app.get(DatabaseIndicator, { strict: false })];
      const server = new RpcServer(bus, { queue: name, validateReplies });
      const serve = () => server.serve(controllersOf(app));
      const attendance = new Attendance(indicators, { serve, stop: () => server.stop() });
      const stop = async () => {
        await attendance.stop();
        await server.stop();
        await app.close();
      };
      try {
        const database = app.get(Database, { strict: false });
        const { max } = app.get(Pools, { strict: false });
        await requireConnections(database, max, `${name.toUpperCase()}_POOL_MAX`);
        if (production) await requireDurability(database);
        serve();
        if (replicated) attendance.start();
      } catch (error) {
        await stop();
        throw error;
      }
      return { indicators, stop };
    },
  };
}
