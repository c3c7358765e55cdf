import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownFolder } from './folder-owner.js';
import { onFreePort } from './free-port.js';
import { choosePostgresAccount, type PostgresAccount } from './postgres-account.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { ensureCluster, superuserPassword } from './postgres-cluster.js';
import { defaultSettings } from './postgres-settings.js';
import { clearPostmasterLock, readPostmasterLock } from './postmaster-lock.js';
import { ServerError } from './server-error.js';
import { ServerProcess } from './server-process.js';

export interface PostgresOptions {
  /** Folder of this server alone; made when it is missing. Holds the cluster, its password and the mark of its owner. */
  readonly dataDir: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Server settings, as in postgresql.conf: `{ shared_buffers: '256MB' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** `off` gives up the safety of the data when the machine crashes (a crash of the server loses nothing either way), for tests. Default `on`. */
  readonly durability?: 'on' | 'off';
  /**
   * Gets what the server writes to its log and what the start does: no values of statements, but for the conditions in
   * the plans of slow ones.
   */
  readonly log?: (line: string) => void;
}

export interface PostgresServer {
  readonly port: number;
  /** Superuser's URL of the database `postgres`. Holds the password: never log it. */
  readonly adminUrl: string;
  readonly pid: number;
  /** Resolves when the server has ended, by whatever cause, with a few words on how. Never rejects. */
  readonly exited: Promise<string>;
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
  stop(): Promise<void>;
  /** `kill -9`, for tests. */
  kill(): Promise<void>;
}

const recoveryMs = 300_000;
const lockWaitMs = 10_000;
const ready = /database system is ready to accept connections/;
const stillLocked =
  /lock file "postmaster\.pid" already exists|pre-existing shared memory block|lock file "postmaster\.pid" is empty/;
const portTaken = /could not create any TCP\/IP sockets/;

/**
 * Starts the embedded PostgreSQL on 127.0.0.1 and creates its data at the first start. Whatever `kill -9` left behind
 * (of the server, of its owner, of a first start) is cleared up. The server ends when this process ends. Throws
 * a ServerError with a sentence for the person: folder in use, port in use, data of another major version, …
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o711 });
  const dataDir = realpathSync(options.dataDir);
  const durable = options.durability !== 'off';
  const log = options.log ?? (() => undefined);
  const giveBack = ownFolder(dataDir);
  try {
    const binaries = await findPostgresBinaries();
    const account = choosePostgresAccount(dataDir, binaries, log);
    const password = superuserPassword(dataDir, account);
    const cluster = await ensureCluster({ account, password, major: binaries.major, durable, log });
    await clearPostmasterLock(cluster);
    const { server, port } = await onFreePort(options.port, (chosen) =>
      launch(chosen, cluster, account, { ...defaultSettings(account.programs, durable), ...options.settings }, log),
    );
    void server.exited.then(giveBack);
    return {
      port,
      adminUrl: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      pid: server.pid,
      exited: server.exited,
      stop: () => server.stop(),
      kill: () => server.kill(),
    };
  } catch (error) {
    giveBack();
    throw error;
  }
}

async function launch(
  port: number,
  cluster: string,
  account: PostgresAccount,
  settings: Record<string, string>,
  log: (line: string) => void,
): Promise<{ server: ServerProcess; port: number }> {
  const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const command = [...account.prefix, join(account.programs, 'bin', 'postgres'), '-D', cluster, ...flags];
  for (const began = Date.now(); ; await sleep(50)) {
    const { uid, gid } = account;
    const server = await ServerProcess.spawn({
      command,
      cwd: account.home,
      stopSignal: 'SIGINT',
      forceSignal: 'SIGQUIT',
      onLine: log,
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    });
    if (await server.sawLine(ready, recoveryMs)) {
      await verifyIdentity(server, cluster, port);
      return { server, port };
    }
    await server.stop();
    // After a kill -9 the dead server's children hold the data for up to two seconds.
    if (stillLocked.test(server.output) && Date.now() - began < lockWaitMs) continue;
    if (portTaken.test(server.output))
      throw new ServerError('port_in_use', `PostgreSQL cannot listen on port ${port}: another program does.`);
    throw new ServerError('failed', `PostgreSQL did not start (${await server.exited}):\n${server.output}`);
  }
}

/** The process that we started must be the one that holds this cluster and listens on this port. */
async function verifyIdentity(server: ServerProcess, cluster: string, port: number): Promise<void> {
  const lock = readPostmasterLock(cluster);
  if (lock?.pid === server.pid && lock.port === port) return;
  await server.stop();
  throw new ServerError('failed', `The PostgreSQL on port ${port} is not the one that was started on ${cluster}.`);
}
