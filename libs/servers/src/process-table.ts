import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A process of this machine. `startedAt` tells it from a later one with the same pid; its form depends on the platform. */
export interface ProcessInfo {
  readonly startedAt: string;
  /** Program and arguments, joined by spaces. */
  readonly command: string;
}

/** Looks a process up; undefined when there is none (a zombie is none: it has let go of everything). */
export function inspectProcess(pid: number): ProcessInfo | undefined {
  try {
    return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): ProcessInfo | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program's name may hold spaces and parentheses, so the fields are counted from its closing one: state is the 3rd, starttime the 22nd.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startedAt = rest[18];
  if (state === 'Z' || state === 'X' || startedAt === undefined) return undefined;
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0+$/, '').replaceAll('\0', ' ');
  return { startedAt, command };
}

function fromPs(pid: number): ProcessInfo | undefined {
  const line = execFileSync('ps', ['-o', 'stat=,lstart=,command=', '-p', String(pid)], {
    encoding: 'utf8',
    timeout: 5_000,
  });
  const match = /^\s*(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/s.exec(line);
  if (!match?.[1] || match[1].startsWith('Z')) return undefined;
  return { startedAt: match[2]!, command: match[3]!.trim() };
}
