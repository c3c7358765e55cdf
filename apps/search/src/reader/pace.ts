import { setTimeout as pause } from 'node:timers/promises';
import { Load } from './load.js';

const restFactor = 9;
const longestRestMs = 1_000;

/**
 * Lets people go first: while this process or its machine is busy, the index takes one piece of work at a time and rests
 * for nine times its length after each, a second at most. What comes meanwhile is indexed in larger pieces, which cost
 * less.
 */
export class Pace {
  private readonly ended = new AbortController();
  private line: Promise<void> = Promise.resolve();

  constructor(private readonly load: Pick<Load, 'isHigh'> = new Load()) {}

  /** Does the work, now or when it is its turn; settles with it. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.load.isHigh()) return work();
    const turn = this.line;
    let leave = (): void => undefined;
    this.line = new Promise((resolve) => (leave = resolve));
    await turn;
    const since = performance.now();
    try {
      return await work();
    } finally {
      void this.rest(performance.now() - since).then(leave);
    }
  }

  /** Ends every rest, now and from now on. */
  end(): void {
    this.ended.abort();
  }

  private async rest(workedMs: number): Promise<void> {
    if (!this.load.isHigh()) return;
    const ms = Math.min(longestRestMs, restFactor * workedMs);
    await pause(ms, undefined, { signal: this.ended.signal }).catch(() => undefined);
  }
}
