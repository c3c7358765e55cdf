import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { giveTo, type PostgresAccount } from './postgres-account.js';
import { ServerError } from './server-error.js';

const run = promisify(execFile);
const draftPrefix = 'initdb-';

/** The superuser's password, kept beside the cluster in a file that only its owner reads. Made at the first start. */
export function superuserPassword(dataDir: string, account: PostgresAccount): string {
  const file = join(dataDir, 'password');
  const cluster = join(account.home, 'cluster');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  if (existsSync(cluster)) {
    throw new ServerError(
      'refused',
      `The file ${file} with the password of the database is gone. Put it back, or move ${dataDir} away to begin with empty data.`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  writeFileSync(`${file}.tmp`, `${password}\n`, { mode: 0o600 });
  renameSync(`${file}.tmp`, file);
  return password;
}

export interface ClusterOptions {
  readonly account: PostgresAccount;
  readonly password: string;
  /** Major version of the programs. */
  readonly major: string;
  /** False skips the syncing of the new files to disk. */
  readonly durable: boolean;
  readonly log: (line: string) => void;
}

/**
 * Makes the database cluster, or checks the one that is there, and answers its folder. Throws a ServerError `refused` for
 * data of another PostgreSQL major version or another user.
 */
export async function ensureCluster(options: ClusterOptions): Promise<string> {
  const { home } = options.account;
  const cluster = join(home, 'cluster');
  // What an interrupted initdb left behind is worthless, and looks like a cluster.
  for (const name of readdirSync(home))
    if (name.startsWith(draftPrefix)) rmSync(join(home, name), { recursive: true, force: true, maxRetries: 5 });
  if (existsSync(cluster)) checkCluster(cluster, options);
  else await makeCluster(cluster, options);
  return cluster;
}

function checkCluster(cluster: string, { account, major }: ClusterOptions): void {
  const { uid } = statSync(cluster);
  const expected = account.uid ?? process.getuid?.();
  if (expected !== undefined && uid !== expected) {
    throw new ServerError(
      'refused',
      `The data in ${cluster} belongs to user ${uid}, and this process runs as user ${expected}. Start it as that user, or choose another data folder.`,
    );
  }
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (found !== major) {
    throw new ServerError(
      'refused',
      `The data in ${cluster} was written by PostgreSQL ${found}, and this release brings PostgreSQL ${major}, which cannot read it. ` +
        `Nothing was changed. Start the release that wrote it, or choose another data folder with FECHATTER_DATA_DIR.`,
    );
  }
}

async function makeCluster(cluster: string, { account, password, durable, log }: ClusterOptions): Promise<void> {
  log('Creating the database');
  const draft = mkdtempSync(join(account.home, draftPrefix));
  const passwordFile = join(draft, 'password');
  const target = join(draft, 'cluster');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  mkdirSync(target, { mode: 0o700 });
  for (const path of [draft, passwordFile, target]) giveTo(account, path);
  // The builtin locale sorts and folds case the same on every machine; the system's own differ between C libraries.
  const locale = process.platform === 'darwin' ? ['--locale=C', '--lc-ctype=en_US.UTF-8'] : ['--locale=C.UTF-8'];
  const options = [
    '-E',
    'UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...locale,
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
  ];
  const [program, ...args] = [
    ...account.prefix,
    join(account.programs, 'bin', 'initdb'),
    '-D',
    target,
    ...options,
    ...(durable ? [] : ['--no-sync']),
  ];
  try {
    await run(program!, args, {
      timeout: 120_000,
      cwd: account.home,
      ...(account.uid !== undefined && { uid: account.uid, gid: account.gid }),
    });
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new ServerError('failed', `PostgreSQL could not create its data folder: ${stderr.trim() || String(cause)}`, {
      cause,
    });
  }
  renameSync(target, cluster);
  if (durable) syncFolder(account.home);
  rmSync(draft, { recursive: true, force: true });
}

/** A rename is on disk only when its folder is. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
