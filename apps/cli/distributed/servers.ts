import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '#database/migrate.js';
import { prepareDatabase, type PreparedDatabase } from '#database/prepare.js';
import { startNats } from '#servers/nats.js';
import { startRedis } from '#servers/redis.js';
import type { SystemServer, SystemServerOptions } from '#servers/system-server.js';
import { EmbeddedDatabase } from '#service/embedded-database.js';
import type { Lifetime } from '#service/lifetime.js';
import { SupervisedServer } from '#service/supervised-server.js';
import { Logger } from '#telemetry/logger.js';
import { dataSources } from '../../standalone/src/data-sources.js';
import { onGivenDatabase } from '../given-database.js';
import { natsUrlFile } from '../installation.js';
import type { DistributedConfig } from './distributed.config.js';

const logger = new Logger('servers');

/** Where the apps find what they are built on. */
export interface Servers {
  readonly nats: string;
  readonly redis: string;
  readonly database: PreparedDatabase;
}

/** Takes the servers that are given by URL and starts the others, which end with `lifetime`. */
export async function startServers(settings: DistributedConfig, folder: string, lifetime: Lifetime): Promise<Servers> {
  const system = (title: string, start: (options: SystemServerOptions) => Promise<SystemServer>) =>
    startSystemServer(title, start, settings.FECHATTER_CACHE_DIR, folder, lifetime);
  const [database, nats, redis] = await Promise.allSettled([
    settings.DATABASE_ADMIN_URL === undefined
      ? startDatabase(folder, lifetime)
      : prepareGiven(settings.DATABASE_ADMIN_URL),
    settings.NATS_URL ?? system('NATS', startNats),
    settings.REDIS_URL ?? system('Redis', startRedis),
  ]);
  const servers = { database: valueOf(database), nats: valueOf(nats), redis: valueOf(redis) };
  // For `npm run bus`.
  writeFileSync(natsUrlFile(folder), servers.nats, { mode: 0o600 });
  return servers;
}

async function startSystemServer(
  title: string,
  start: (options: SystemServerOptions) => Promise<SystemServer>,
  cacheDir: string | undefined,
  folder: string,
  lifetime: Lifetime,
): Promise<string> {
  const options = { dir: join(folder, title.toLowerCase()), cacheDir, log: (line: string) => logger.debug(line) };
  const server = await SupervisedServer.start(
    title,
    (port) => start({ ...options, ...(port !== undefined && { port }) }),
    (reason) => lifetime.fail(reason),
  );
  lifetime.onEnd(() => server.stop());
  return server.current.url;
}

async function startDatabase(folder: string, lifetime: Lifetime): Promise<PreparedDatabase> {
  const database = await EmbeddedDatabase.start(folder, dataSources, (reason) => lifetime.fail(reason));
  lifetime.onEnd(() => database.stop());
  return database.prepared;
}

async function prepareGiven(adminUrl: string): Promise<PreparedDatabase> {
  const password = randomBytes(24).toString('base64url');
  const services = dataSources.map(({ schema }) => schema);
  return onGivenDatabase('DATABASE_ADMIN_URL', async () => {
    const prepared = await prepareDatabase({ adminUrl, database: 'fechatter', services, passwordOf: () => password });
    await migrate(prepared.ownerUrl, dataSources);
    return prepared;
  });
}

function valueOf<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
