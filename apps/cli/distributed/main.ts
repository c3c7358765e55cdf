import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentWith, readConfig, readTogether } from '#config/config.js';
import { requireConnectionsOfAll } from '#database/connection-limit.js';
import { installationSecret } from '#service/installation-secret.js';
import { runUntilEnd, type Lifetime } from '#service/lifetime.js';
import { ensurePortIsFree } from '#service/port.js';
import { StartError } from '#service/start-error.js';
import { configureLogging } from '#telemetry/logger.js';
import { connectionDemands } from '../../standalone/src/connections.js';
import { lookAhead } from '../../standalone/src/look-ahead.js';
import { ready, terminalDefaults } from '../../standalone/src/terminal.js';
import { DistributedConfig } from './distributed.config.js';
import { plan, type PlannedProcess } from './plan.js';
import { startServers, type Servers } from './servers.js';
import { Worker } from './worker.js';

const dist = fileURLToPath(new URL('../../../', import.meta.url));
/** Gateways, services and servers may each take half a minute. */
const limitMs = 120_000;

/** Starts the servers that are not given by URL, then every app as processes, until a signal ends it all. */
export async function main(counts: Readonly<Record<string, number>>): Promise<void> {
  await runUntilEnd((lifetime) => start(counts, lifetime), { limitMs });
}

async function start(counts: Readonly<Record<string, number>>, lifetime: Lifetime): Promise<void> {
  const settings = readSettings();
  configureLogging(settings.LOG_LEVEL, 'launcher');
  const processes = plan(counts, settings.PORT, settings.HEALTH_PORT);
  await ensurePortsAreFree(processes, settings.HOST);
  const folder = resolve(settings.FECHATTER_DATA_DIR);
  mkdirSync(folder, { recursive: true });
  process.stderr.write(`Starting PostgreSQL, NATS, Redis and ${processes.length} processes …\n`);

  const servers = await startServers(settings, folder, lifetime);
  await requireConnectionsOfAll(servers.database.ownerUrl, connectionDemands(counts));
  const shared = sharedEnvironment(settings, servers, folder);
  const gateways = processes.filter(({ app }) => app === 'gateway');
  const services = processes.filter(({ app }) => app !== 'gateway');
  // People are let in when everything behind the gateways serves; at the end they are the first to be sent away.
  await startAll(services, shared, servers, lifetime);
  const ports = await startAll(gateways, shared, servers, lifetime);
  const more = { NATS: new URL(servers.nats).host, Redis: new URL(servers.redis).host, Data: folder };
  process.stdout.write(
    ready(
      `Fechatter is ready: ${processes.length} processes.`,
      settings.HOST,
      ports.filter((port) => port !== undefined),
      more,
    ),
  );
}

function readSettings(): DistributedConfig {
  const later = { FECHATTER_SECRET: 'made or found in the data folder' };
  const [settings] = readTogether(
    () => readConfig(DistributedConfig, environmentWith(terminalDefaults(), {})),
    ...lookAhead(environmentWith(later, { DATABASE_URL: 'postgres://each-its-own' })),
  );
  return settings;
}

/** Answers the ports where people connect. */
async function startAll(
  processes: readonly PlannedProcess[],
  shared: NodeJS.ProcessEnv,
  { database }: Servers,
  lifetime: Lifetime,
): Promise<(number | undefined)[]> {
  const workers = processes.map(({ app, replica, port, healthPort }) => {
    const own = port === undefined ? { DATABASE_URL: database.urlOf(app) } : { PORT: String(port) };
    const env = { ...shared, ...own, HEALTH_PORT: String(healthPort) };
    const script = join(dist, `apps/${app}/src/main.js`);
    return new Worker(`${app}-${replica}`, script, env, (reason) => lifetime.fail(reason));
  });
  lifetime.onEnd(async () => void (await Promise.all(workers.map((worker) => worker.stop()))));
  return Promise.all(workers.map((worker) => worker.ready));
}

function sharedEnvironment(settings: DistributedConfig, servers: Servers, folder: string): NodeJS.ProcessEnv {
  const { DATABASE_ADMIN_URL: _withheld, ...given } = process.env;
  return {
    ...given,
    LOG_LEVEL: settings.LOG_LEVEL,
    NATS_URL: servers.nats,
    REDIS_URL: servers.redis,
    FECHATTER_SECRET: settings.FECHATTER_SECRET ?? installationSecret(folder, 'secret'),
    FECHATTER_BUS_SECRET: settings.FECHATTER_BUS_SECRET ?? installationSecret(folder, 'bus-secret'),
  };
}

async function ensurePortsAreFree(processes: readonly PlannedProcess[], host: string): Promise<void> {
  for (const { port = 0, healthPort } of processes) {
    if (Math.max(port, healthPort) > 65_535)
      throw new StartError(`Port ${Math.max(port, healthPort)} does not exist. Choose a lower PORT or HEALTH_PORT.`);
    await ensurePortIsFree(port, host, 'PORT');
    await ensurePortIsFree(healthPort, host, 'HEALTH_PORT');
  }
}
