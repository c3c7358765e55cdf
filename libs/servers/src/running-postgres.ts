import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { movedTo } from './postgres-account.js';
import { readPostmasterLock } from './postmaster-lock.js';

/** Superuser's URL of the embedded PostgreSQL that another process runs on this folder; undefined when none does. */
export function findRunningPostgres(dataDir: string): string | undefined {
  const password = join(dataDir, 'password');
  if (!existsSync(password)) return undefined;
  const moved = join(dataDir, movedTo);
  const home = existsSync(moved) ? realpathSync(moved) : dataDir;
  const lock = readPostmasterLock(join(home, 'cluster'));
  if (lock === undefined) return undefined;
  return `postgres://postgres:${readFileSync(password, 'utf8').trim()}@127.0.0.1:${lock.port}/postgres`;
}
