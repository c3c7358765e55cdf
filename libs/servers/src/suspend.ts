import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Freezes a process: connections stay open and nothing answers. On Linux every thread stands still when this returns. */
export function suspend(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  // The signal is on its way while the process may still answer; it takes microseconds.
  while (process.platform === 'linux' && !standsStill(pid));
}

function standsStill(pid: number): boolean {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.every((id) => / [TZX] /.test(readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8')));
  } catch {
    // A thread, or the process, has ended meanwhile.
    return !existsSync(`/proc/${pid}`);
  }
}
