import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { BusIndicator } from '#bus/bus.indicator.js';
import { LocalBus } from '#bus/local-bus.js';
import { ConfigError, environmentWith, readConfig } from '#config/config.js';
import { Probes } from '#health/probes.js';
import { ServerError } from '#servers/server-error.js';
import type { App, RunningApp } from '#service/app.js';
import { startOperationsServer } from '#service/operations-server.js';
import { stopOnSignals } from '#service/shutdown.js';
import { version } from '#service/version.js';
import { configureLogging, Logger } from '#telemetry/logger.js';
import { authApp } from '../../auth/src/auth.app.js';
import { chatApp } from '../../chat/src/chat.app.js';
import { gatewayApp } from '../../gateway/src/gateway.app.js';
import { messageApp } from '../../message/src/message.app.js';
import { searchApp } from '../../search/src/search.app.js';
import { EmbeddedDatabase } from '#service/embedded-database.js';
import { dataSources } from './data-sources.js';
import { ensurePortIsFree, StartError } from './port.js';
import { installationSecret } from '#service/installation-secret.js';
import { StandaloneConfig } from './standalone.config.js';

/** In the order in which they start; they stop in the opposite one. */
const apps: readonly App<z.ZodObject>[] = [messageApp, chatApp, authApp, searchApp, gatewayApp];

/** Hosts the five apps and their PostgreSQL in this process until a signal ends it. */
export async function main(): Promise<void> {
  const logger = new Logger('standalone');
  const opened: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    await start(logger, opened);
    stopOnSignals(stop);
  } catch (error) {
    await stop().catch((failure: unknown) => logger.error('The stop was not orderly', failure));
    const isForThePerson = [ConfigError, ServerError, StartError].some((kind) => error instanceof kind);
    if (isForThePerson) process.stderr.write(`\n${(error as Error).message}\n\n`);
    else logger.error('The start failed', error);
    process.exit(1);
  }
}

async function start(logger: Logger, opened: (() => Promise<void>)[]): Promise<void> {
  const settings = readConfig(StandaloneConfig);
  configureLogging(settings.LOG_LEVEL, 'fechatter');
  await ensurePortIsFree(settings.PORT, settings.HOST, 'PORT');
  await ensurePortIsFree(settings.HEALTH_PORT, settings.HOST, 'HEALTH_PORT');
  const folder = resolve(settings.FECHATTER_DATA_DIR);
  mkdirSync(folder, { recursive: true });

  const database = await EmbeddedDatabase.start(folder, dataSources, (reason) => {
    logger.error('Giving up', new Error(reason));
    process.kill(process.pid, 'SIGTERM');
  });
  opened.push(() => database.stop());
  const bus = new LocalBus({ freeze: settings.NODE_ENV === 'test' });
  opened.push(() => bus.close());

  const env = {
    FECHATTER_SECRET: installationSecret(folder, 'secret'),
    FECHATTER_BUS_SECRET: randomBytes(16).toString('hex'),
  };
  const running: RunningApp[] = [];
  for (const app of apps) {
    const owns = dataSources.some(({ schema }) => schema === app.name);
    const url = owns ? { DATABASE_URL: database.prepared.urlOf(app.name) } : {};
    const config = readConfig(app.config, environmentWith(env, url));
    const validateReplies = settings.FECHATTER_VALIDATE_REPLIES === 'true';
    const started = await app.start({ config, bus, validateReplies });
    running.push(started);
    opened.push(() => started.stop());
  }

  const probes = new Probes([new BusIndicator(bus), ...running.flatMap(({ indicators }) => indicators)], version);
  const operations = await startOperationsServer(probes, settings.HOST, settings.HEALTH_PORT);
  opened.push(() => operations.close());
  opened.push(async () => probes.stop());
  announce(settings, folder);
}

function announce({ HOST, PORT }: StandaloneConfig, folder: string): void {
  const host = HOST === '0.0.0.0' || HOST === '127.0.0.1' ? 'localhost' : HOST;
  const url = `http://${host}:${PORT}`;
  process.stdout.write(
    `\n  Fechatter ${version} is ready.\n\n` +
      `  Chat API   ${url}/api\n  Try it     ${url}/api/docs\n  Data       ${folder}\n\n  Stop with Ctrl-C.\n\n`,
  );
}
