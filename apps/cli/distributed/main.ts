import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareDatabase, type PreparedDatabase } from '#database/prepare.js';
import { migrate } from '#database/migrate.js';
import { startNats } from '#servers/nats.js';
import { startRedis } from '#servers/redis.js';
import { EmbeddedDatabase } from '#service/embedded-database.js';
import { installationSecret } from '#service/installation-secret.js';
import { stopOnSignals } from '#service/shutdown.js';
import { dataSources } from '../../standalone/src/data-sources.js';
import { plan, services, usage, type PlannedProcess } from './plan.js';
import { Worker } from './worker.js';

const dist = fileURLToPath(new URL('../../', import.meta.url));

/** Starts the servers that are not given by URL, then every app as a process, until a signal ends it all. */
export async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return void process.stdout.write(`${usage}\n`);
  const opened: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const processes = plan(args, Number(process.env.PORT ?? 8080), Number(process.env.HEALTH_PORT ?? 9100));
    stopOnSignals(stop);
    await start(processes, opened);
  } catch (error) {
    await stop().catch(() => undefined);
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n\n`);
    process.exit(1);
  }
}

async function start(processes: readonly PlannedProcess[], opened: (() => Promise<void>)[]): Promise<void> {
  const folder = resolve(process.env.FECHATTER_DATA_DIR ?? './data');
  mkdirSync(folder, { recursive: true });
  const { urls, prepared } = await startServers(folder, opened);
  const shared = {
    ...urls,
    FECHATTER_SECRET: process.env.FECHATTER_SECRET ?? installationSecret(folder, 'secret'),
    FECHATTER_BUS_SECRET: process.env.FECHATTER_BUS_SECRET ?? installationSecret(folder, 'bus-secret'),
  };
  const workers = processes.map(({ app, replica, port, healthPort }) => {
    const own: Record<string, string> = { HEALTH_PORT: String(healthPort) };
    if (port === undefined) own.DATABASE_URL = prepared.urlOf(app);
    else own.PORT = String(port);
    return new Worker(`${app}-${replica}`, join(dist, `apps/${app}/src/main.js`), { ...shared, ...own });
  });
  // Gateways first, so that nothing new comes in while the services finish.
  opened.push(async () => {
    const gateways = workers.filter(({ name }) => name.startsWith('gateway'));
    await Promise.all(gateways.map((worker) => worker.stop()));
    await Promise.all(workers.filter((worker) => !gateways.includes(worker)).map((worker) => worker.stop()));
  });
  await Promise.all(workers.map((worker) => worker.ready));
  announce(processes, shared.NATS_URL, folder);
}

async function startServers(
  folder: string,
  opened: (() => Promise<void>)[],
): Promise<{ urls: { NATS_URL: string; REDIS_URL: string }; prepared: PreparedDatabase }> {
  const log = { log: () => undefined };
  const keep = async (server: Promise<{ url: string; stop(): Promise<void> }>) => {
    const started = await server;
    opened.push(() => started.stop());
    return started.url;
  };
  const [prepared, NATS_URL, REDIS_URL] = await Promise.all([
    preparePostgres(folder, opened),
    process.env.NATS_URL ?? keep(startNats({ dir: join(folder, 'nats'), ...log })),
    process.env.REDIS_URL ?? keep(startRedis({ dir: join(folder, 'redis'), ...log })),
  ]);
  return { urls: { NATS_URL, REDIS_URL }, prepared };
}

async function preparePostgres(folder: string, opened: (() => Promise<void>)[]): Promise<PreparedDatabase> {
  const adminUrl = process.env.DATABASE_ADMIN_URL;
  if (adminUrl === undefined) {
    const database = await EmbeddedDatabase.start(folder, dataSources, () => process.kill(process.pid, 'SIGTERM'));
    opened.push(() => database.stop());
    return database.prepared;
  }
  const password = randomBytes(24).toString('base64url');
  const prepared = await prepareDatabase({ adminUrl, database: 'fechatter', services, passwordOf: () => password });
  await migrate(prepared.ownerUrl, dataSources);
  return prepared;
}

function announce(processes: readonly PlannedProcess[], nats: string, folder: string): void {
  const gateways = processes.flatMap(({ port }) => (port === undefined ? [] : [`http://localhost:${port}`]));
  process.stdout.write(
    `\n  Fechatter is ready: ${processes.length} processes.\n\n` +
      `  Chat API   ${gateways.map((url) => `${url}/api`).join('\n             ')}\n` +
      `  NATS       ${nats}\n` +
      `  Data       ${folder}\n\n  Stop with Ctrl-C.\n\n`,
  );
}
