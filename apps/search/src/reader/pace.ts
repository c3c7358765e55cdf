import { setTimeout as pause } from 'node:timers/promises';
import { Load } from './load.js';

const restFactor = 9;
/** Rests at most: so short that a message is found within a second, and when nobody waits for that. */
const restMs = { short: 60, long: 1_000 };
/** How long the index works at most before it looks what others do, and for how long it looks. */
const workMs = 500;
const lookMs = 110;

interface Turn {
  readonly begin: () => void;
  readonly isUrgent: () => boolean;
  readonly since: number;
}

/**
 * Lets people go first. The index does one piece of work after the other. When it has worked for a while it stands still
 * for a moment and sees how busy process and machine are without it; while they are, it rests after each piece for nine
 * times its length, as long as may be at most. What comes meanwhile is indexed in larger pieces, which cost less.
 *
 * What is new comes before what is brought on from behind, and does not wait for a long rest. Only what has waited longer
 * than that lasts goes first, once.
 */
export class Pace {
  private readonly ended = new AbortController();
  private readonly lines: { readonly first: Turn[]; readonly later: Turn[] } = { first: [], later: [] };
  private isAtWork = false;
  private comes = (): void => undefined;
  /** Since it last saw what others do. */
  private workedMs = 0;

  constructor(private readonly load: Pick<Load, 'isHigh' | 'watch'> = new Load()) {}

  /** Does work for what is new when it is its turn; settles with it. `isUrgent`: whether it waits for short rests only. */
  run<Result>(work: () => Promise<Result>, isUrgent = () => true): Promise<Result> {
    return this.inLine(this.lines.first, isUrgent, work);
  }

  /** Does a piece of work that may wait, after what may not. */
  runLater<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.inLine(this.lines.later, () => false, work);
  }

  /** Ends every rest, now and from now on. */
  end(): void {
    this.ended.abort();
  }

  private async inLine<Result>(line: Turn[], isUrgent: () => boolean, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((begin) => {
      line.push({ begin, isUrgent, since: performance.now() });
      this.comes();
      if (!this.isAtWork) this.next();
    });
    const since = performance.now();
    try {
      return await work();
    } finally {
      void this.rest(performance.now() - since).then(() => this.next());
    }
  }

  private next(): void {
    const { first, later } = this.lines;
    const hasWaited = later[0] !== undefined && performance.now() - later[0].since > restMs.long;
    const turn = (hasWaited ? later.shift() : undefined) ?? first.shift() ?? later.shift();
    this.isAtWork = turn !== undefined;
    turn?.begin();
  }

  private async rest(workedMs: number): Promise<void> {
    this.workedMs += workedMs;
    if (!this.load.isHigh && this.workedMs < workMs) return;
    const ms = this.load.isHigh ? Math.min(restFactor * workedMs, restMs.long) : lookMs;
    const atLeastMs = this.load.isHigh ? Math.min(ms, restMs.short) : lookMs;
    const seen = this.load.watch();
    await this.sleep(atLeastMs);
    const until = performance.now() + ms - atLeastMs;
    const goesOn = () => performance.now() < until && !this.ended.signal.aborted;
    while (goesOn() && !this.lines.first.some(({ isUrgent }) => isUrgent())) {
      const came = new Promise<void>((resolve) => (this.comes = resolve));
      await Promise.race([this.sleep(until - performance.now()), came]);
    }
    seen();
    this.workedMs = 0;
  }

  private async sleep(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.ended.signal }).catch(() => undefined);
  }
}
