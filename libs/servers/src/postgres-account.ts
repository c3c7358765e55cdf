import { spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  chmodSync,
} from 'node:fs';
import { join } from 'node:path';
import type { PostgresBinaries } from './postgres-binaries.js';

/** Under which account PostgreSQL's programs run, and where this account finds programs and data. PostgreSQL refuses to run as root. */
export interface PostgresAccount {
  /** Goes in front of every command. */
  readonly prefix: readonly string[];
  /** Set when the programs run as somebody else than this process. */
  readonly uid?: number;
  readonly gid?: number;
  /** Where `bin`, `lib` and `share` lie. */
  readonly programs: string;
  /** The folder in which the cluster lies. */
  readonly home: string;
}

const nobodysId = 65_534;
const rootAsUser = ['unshare', '-U', '--map-user=1000', '--map-group=1000', '--'];
/** A link beside the data to where the cluster really lies, in the one case where it must lie elsewhere. */
export const movedTo = 'moved-to';

/**
 * Chooses the account. Ordinary users run PostgreSQL as themselves. Root runs it in a user namespace in which root has
 * another number: the files stay root's. Where namespaces are forbidden (many containers), it runs as `nobody`, and when
 * nobody cannot enter the data folder or node_modules, with programs and data in a folder under /var/lib. `dataDir` must
 * be there.
 */
export function choosePostgresAccount(
  dataDir: string,
  binaries: PostgresBinaries,
  log: (line: string) => void,
): PostgresAccount {
  const plain = { prefix: [], programs: binaries.folder, home: dataDir };
  if (process.getuid?.() !== 0) return plain;
  const [unshare, ...args] = rootAsUser;
  const moved = join(dataDir, movedTo);
  const namespaces = spawnSync(unshare!, [...args, 'true']).status === 0;
  // Data that began its life as nobody's stays nobody's.
  const nobodys = existsSync(moved) || statSync(join(dataDir, 'cluster'), { throwIfNoEntry: false })?.uid === nobodysId;
  if (namespaces && !nobodys) return { ...plain, prefix: rootAsUser };

  const nobody = { prefix: [], uid: nobodysId, gid: nobodysId };
  const reachable = canEnter(dataDir) && canRun(join(binaries.folder, 'bin', 'postgres'));
  if (reachable && !existsSync(moved)) return { ...plain, ...nobody };
  if (!existsSync(moved)) move(moved, log);
  const home = realpathSync(moved);
  const programs = join(home, `postgres-${binaries.major}`);
  if (!canRun(join(programs, 'bin', 'postgres'))) {
    rmSync(programs, { recursive: true, force: true });
    cpSync(binaries.folder, programs, { recursive: true, verbatimSymlinks: true });
  }
  return { ...nobody, programs, home };
}

/** Gives a file or folder to the account. */
export function giveTo(account: PostgresAccount, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
}

function move(link: string, log: (line: string) => void): void {
  const home = mkdtempSync('/var/lib/fechatter-postgres-');
  chmodSync(home, 0o711);
  rmSync(link, { force: true });
  symlinkSync(home, link);
  log(`PostgreSQL does not run as root, and nobody may not enter the data folder: its files lie in ${home}`);
}

function canEnter(folder: string): boolean {
  return asNobody(['-x', folder]);
}

function canRun(program: string): boolean {
  return asNobody(['-x', program, '-a', '-r', program]);
}

function asNobody(test: string[]): boolean {
  return spawnSync('test', test, { uid: nobodysId, gid: nobodysId }).status === 0;
}
