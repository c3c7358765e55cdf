import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspectProcess } from './process-table.js';
import { ServerError } from './server-error.js';

/** Written into the server's command line, so that a later start knows it for one of ours. */
export const clusterName = 'fechatter';
const fastShutdownMs = 20_000;
const giveUpMs = 30_000;

/** What PostgreSQL says about itself in `postmaster.pid`; undefined when the file is missing or not yet complete. */
export function readPostmasterLock(cluster: string): { pid: number; port: number } | undefined {
  const [pid, , , port] = lockLines(cluster);
  return pid && port ? { pid: Math.abs(Number(pid)), port: Number(port) } : undefined;
}

/**
 * Clears the way for a new server on a cluster whose owner is dead: call it only as the owner of the folder.
 * A server that its dead owner left behind is stopped; a lock whose pid now is another program's is handed to the new server.
 * Throws a ServerError `in_use` when a server runs there that was started by other means.
 */
export async function clearPostmasterLock(cluster: string): Promise<void> {
  let signalled: NodeJS.Signals | undefined;
  for (const began = Date.now(); ; await sleep(10)) {
    const pid = Math.abs(Number(lockLines(cluster)[0]));
    const holder = pid > 0 ? inspectProcess(pid) : undefined;
    if (!holder) return;
    if (!isPostgresOn(cluster, holder.command)) return bequeathLock(cluster);
    if (!holder.command.includes(`cluster_name=${clusterName}`)) {
      throw new ServerError(
        'in_use',
        `A PostgreSQL that Fechatter did not start (process ${pid}) runs on ${cluster}. Stop it first.`,
      );
    }
    const waited = Date.now() - began;
    if (waited > giveUpMs)
      throw new ServerError(
        'in_use',
        `A PostgreSQL that was left behind (process ${pid}) does not end. End it by: kill -9 ${pid}`,
      );
    const due = waited > fastShutdownMs ? 'SIGQUIT' : 'SIGINT';
    if (signalled !== due) process.kill(pid, due);
    signalled = due;
  }
}

/** PostgreSQL is believed by its command line: pids are used again, and after a reboot they are low and crowded. */
function isPostgresOn(cluster: string, command: string): boolean {
  return /(^|\/)postgres /.test(command) && `${command} `.includes(`-D ${cluster} `);
}

/**
 * PostgreSQL takes a lock over when it names its own parent. Deleting the file instead would also delete the key of the
 * shared memory, by which PostgreSQL sees that children of the dead server still work on the data.
 */
function bequeathLock(cluster: string): void {
  const [, ...rest] = lockLines(cluster);
  writeFileSync(join(cluster, 'postmaster.pid'), [process.pid, ...rest].join('\n'));
}

function lockLines(cluster: string): string[] {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
