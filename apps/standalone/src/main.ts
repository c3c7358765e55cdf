import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { BusIndicator } from '#bus/bus.indicator.js';
import { LocalBus } from '#bus/local-bus.js';
import { environmentWith, readConfig, readTogether } from '#config/config.js';
import { requireConnectionsOfAll } from '#database/connection-limit.js';
import { Probes } from '#health/probes.js';
import type { App, RunningApp } from '#service/app.js';
import { EmbeddedDatabase } from '#service/embedded-database.js';
import { installationSecret } from '#service/installation-secret.js';
import { runUntilEnd, type Lifetime } from '#service/lifetime.js';
import { startOperationsServer, type OperationsServer } from '#service/operations-server.js';
import { ensurePortIsFree } from '#service/port.js';
import { traceWith } from '#service/trace-with.js';
import { version } from '#service/version.js';
import { configureLogging } from '#telemetry/logger.js';
import { configureMetrics } from '#telemetry/metrics.js';
import { authApp } from '../../auth/src/auth.app.js';
import { chatApp } from '../../chat/src/chat.app.js';
import { gatewayApp } from '../../gateway/src/gateway.app.js';
import { messageApp } from '../../message/src/message.app.js';
import { searchApp } from '../../search/src/search.app.js';
import { connectionDemands } from './connections.js';
import { dataSources } from './data-sources.js';
import { lookAhead } from './look-ahead.js';
import { ready, terminalDefaults } from './terminal.js';
import { StandaloneConfig } from './standalone.config.js';

/** In the order in which they start; they stop in the opposite one. */
const apps: readonly App<z.ZodObject>[] = [messageApp, chatApp, authApp, searchApp, gatewayApp];

/** Hosts the five apps and their PostgreSQL in this process until a signal ends it. */
export async function main(): Promise<void> {
  await runUntilEnd(start);
}

async function start(lifetime: Lifetime): Promise<void> {
  const settings = readSettings();
  configureLogging(settings.LOG_LEVEL, 'fechatter');
  configureMetrics(settings.FECHATTER_METRICS === 'on');
  await traceWith(settings, 'fechatter', lifetime);
  await ensurePortIsFree(settings.PORT, settings.HOST, 'PORT');
  await ensurePortIsFree(settings.HEALTH_PORT, settings.HOST, 'HEALTH_PORT');
  const folder = resolve(settings.FECHATTER_DATA_DIR);
  mkdirSync(folder, { recursive: true });

  const database = await EmbeddedDatabase.start(folder, dataSources, (reason) => lifetime.fail(reason));
  lifetime.onEnd(() => database.stop());
  await requireConnectionsOfAll(database.prepared.ownerUrl, connectionDemands());
  // The probes answer to the last: a server that finishes its work is not ready, but alive.
  let operations: OperationsServer | undefined = undefined;
  lifetime.onEnd(async () => operations?.close());
  const bus = new LocalBus({ freeze: settings.NODE_ENV === 'test' });
  lifetime.onEnd(() => bus.close());

  // The database is this process's own, and nobody else can sign in to it.
  const own = { MESSAGE_SOLE_WRITER: 'true' };
  const secrets = {
    FECHATTER_SECRET: installationSecret(folder, 'secret'),
    FECHATTER_BUS_SECRET: randomBytes(16).toString('hex'),
  };
  const running: RunningApp[] = [];
  for (const app of apps) {
    const owns = dataSources.some(({ schema }) => schema === app.name);
    const url = owns ? { DATABASE_URL: database.prepared.urlOf(app.name) } : {};
    const started = await app.start({
      config: readConfig(app.config, environmentWith(secrets, { ...own, ...url })),
      bus,
      validateReplies: settings.FECHATTER_VALIDATE_REPLIES === 'true',
      production: settings.NODE_ENV === 'production',
    });
    running.push(started);
    lifetime.onEnd(() => started.stop());
  }

  const probes = new Probes([new BusIndicator(bus), ...running.flatMap(({ indicators }) => indicators)], version);
  operations = await startOperationsServer(probes, settings.HOST, settings.HEALTH_PORT);
  lifetime.onEnd(async () => probes.stop());
  const ports = running.flatMap(({ port }) => (port === undefined ? [] : [port]));
  process.stdout.write(ready(`Fechatter ${version} is ready.`, settings.HOST, ports, { Data: folder }));
}

/** What this process reads, and a look at what its apps will read: all problems are told before anything is started. */
function readSettings(): StandaloneConfig {
  const later = { DATABASE_URL: 'postgres://embedded', FECHATTER_SECRET: 'made or found in the data folder' };
  const [settings] = readTogether(
    () => readConfig(StandaloneConfig, environmentWith(terminalDefaults(), {})),
    ...lookAhead(environmentWith(later, { DATABASE_URL: later.DATABASE_URL })),
  );
  return settings;
}
