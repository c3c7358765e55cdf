import { setTimeout as pause } from 'node:timers/promises';

/** Share of its time from which on a process is busy with people. Indexing alone stays far below it. */
const busy = 0.5;
const restFactor = 3;
const shortestRestMs = 100;
const longestRestMs = 1_000;

/**
 * Lets people go first where the index shares a process with them: while the process is busy, every piece of work is
 * followed by a rest of three times its length, a tenth of a second at least. What has come meanwhile is indexed in
 * larger pieces, which cost less.
 */
export class Pace {
  private readonly ended = new AbortController();
  private last = performance.eventLoopUtilization();

  /** After a piece of work that began at `since` (performance.now()). */
  async rest(since: number): Promise<void> {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.last);
    this.last = now;
    const ms = restMs(utilization, performance.now() - since);
    if (ms > 0) await pause(ms, undefined, { signal: this.ended.signal }).catch(() => undefined);
  }

  /** Ends every rest, now and from now on. */
  end(): void {
    this.ended.abort();
  }
}

/** How long to rest after work of so many milliseconds. `utilization`: share of its time that the process was busy. */
export function restMs(utilization: number, workedMs: number): number {
  if (utilization < busy) return 0;
  return Math.min(longestRestMs, Math.max(shortestRestMs, restFactor * workedMs));
}
