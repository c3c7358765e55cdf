import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { inspectProcess } from './process-table.js';
import { ServerError } from './server-error.js';

/**
 * Makes this process the owner of a folder until it dies or calls the answer, which gives it back (twice does no harm).
 * Throws a ServerError `in_use` when another living process owns it.
 *
 * PostgreSQL's own lock cannot do this: it does not cover initdb, and it does not say whether the program that started
 * the server still lives. The file holds pid and start time, so a reused pid is not mistaken for the owner.
 */
export function ownFolder(folder: string): () => void {
  const file = join(folder, 'owner.lock');
  const mine = `${process.pid} ${inspectProcess(process.pid)?.startedAt ?? ''}`;
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, mine, { mode: 0o600 });
  try {
    // A link appears with its content at once, and fails when the name is taken.
    while (!tryLink(draft, file)) evictDeadOwner(file, draft);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (readOwner(file) === mine) rmSync(file, { force: true });
  };
}

function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function evictDeadOwner(file: string, draft: string): void {
  const owner = readOwner(file);
  if (owner === undefined) return;
  const [pid = '', ...startedAt] = owner.split(' ');
  if (inspectProcess(Number(pid))?.startedAt === startedAt.join(' ')) {
    throw new ServerError(
      'in_use',
      Number(pid) === process.pid
        ? `This process already runs a server on ${file.replace(/\/owner\.lock$/, '')}.`
        : `The data folder ${file.replace(/\/owner\.lock$/, '')} is in use by process ${pid}. Stop that one first, or choose another folder.`,
    );
  }
  const evicted = `${draft}.evicted`;
  try {
    renameSync(file, evicted);
  } catch {
    return;
  }
  // Two starts may find the same dead owner: the later one must not throw out the earlier one, which has just moved in.
  if (readOwner(evicted) !== owner) tryLink(evicted, file);
  rmSync(evicted, { force: true });
}

function readOwner(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
