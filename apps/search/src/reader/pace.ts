import { setTimeout as pause } from 'node:timers/promises';
import { Load } from './load.js';

const restFactor = 9;
/** How long the index works at most before it rests and looks what others do, and for how long it looks. */
const workMs = 1_000;
const lookMs = 110;

/**
 * Lets people go first. The index does one piece of work after the other. Each second it stands still for a moment and
 * sees how busy process and machine are without it; while they are, it rests after each piece for nine times its length,
 * as long as may be at most. What comes meanwhile is indexed in larger pieces, which cost less.
 */
export class Pace {
  private readonly ended = new AbortController();
  private line: Promise<void> = Promise.resolve();
  private lookedAt = performance.now();

  constructor(private readonly load: Pick<Load, 'isHigh' | 'watch'> = new Load()) {}

  /** Does the work when it is its turn; settles with it. `longestRestMs` is asked when it is done. */
  async run<Result>(work: () => Promise<Result>, longestRestMs = () => 1_000): Promise<Result> {
    const turn = this.line;
    let leave = (): void => undefined;
    this.line = new Promise((resolve) => (leave = resolve));
    await turn;
    const since = performance.now();
    try {
      return await work();
    } finally {
      void this.rest(Math.min(longestRestMs(), restFactor * (performance.now() - since))).then(leave);
    }
  }

  /** Ends every rest, now and from now on. */
  end(): void {
    this.ended.abort();
  }

  private async rest(restMs: number): Promise<void> {
    const mustLook = performance.now() - this.lookedAt >= workMs;
    if (!this.load.isHigh && !mustLook) return;
    const ms = this.load.isHigh ? restMs : lookMs;
    const seen = this.load.watch();
    await pause(ms, undefined, { signal: this.ended.signal }).catch(() => undefined);
    seen();
    this.lookedAt = performance.now();
  }
}
