import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** A living process of this machine. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** All that live at this moment; one that has ended and was not yet waited for does not. */
function livingProcesses(): Process[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' });
  return table.split('\n').flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || state?.startsWith('Z') === true) return [];
    return [{ pid: Number(pid), parent: Number(parent), command: command as string }];
  });
}

/** What a process has started, and what that has started. */
export function descendantsOf(pid: number): Process[] {
  const living = livingProcesses();
  const childrenOf = (parent: number): Process[] =>
    living.filter((child) => child.parent === parent).flatMap((child) => [child, ...childrenOf(child.pid)]);
  return childrenOf(pid);
}

/** Waits until none of them lives; a pid that was given to another program meanwhile does not count. */
export async function untilGone(processes: readonly Process[], timeoutMs = 20_000): Promise<void> {
  const remaining = () =>
    livingProcesses().filter(({ pid, command }) =>
      processes.some((process) => process.pid === pid && process.command === command),
    );
  for (const deadline = Date.now() + timeoutMs; remaining().length > 0; await pause(50))
    if (Date.now() > deadline) throw new Error(`Still there: ${JSON.stringify(remaining(), undefined, 1)}`);
}
