import { setTimeout as pause } from 'node:timers/promises';

/** Share of its time from which on a process is busy with people. Indexing alone stays far below it. */
const busy = 0.5;
const restFactor = 3;
const shortestRestMs = 100;
const longestRestMs = 1_000;

/**
 * Lets people go first where the index shares a process with them: while the process is busy, every piece of work is
 * followed by a rest of three times its length, a tenth of a second at least. What has come meanwhile is indexed in larger pieces, which cost less.
 */
export class Pace {
  private readonly ended = new AbortController();
  private last = performance.eventLoopUtilization();

  /** After a piece of work that began at `since` (performance.now()). */
  async rest(since: number): Promise<void> {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.last);
    this.last = now;
    if (utilization < busy || this.ended.signal.aborted) return;
    const restMs = Math.min(longestRestMs, Math.max(shortestRestMs, restFactor * (performance.now() - since)));
    await pause(restMs, undefined, { signal: this.ended.signal }).catch(() => undefined);
  }

  /** Ends every rest, now and from now on. */
  end(): void {
    this.ended.abort();
  }
}
