import type { Clock } from './clock.js';

/** Time that passes when a spec says so. */
export class ManualClock implements Clock {
  private time = 1_000_000;
  private readonly timers = new Set<{ readonly at: number; readonly work: () => void }>();

  now(): number {
    return this.time;
  }

  after(ms: number, work: () => void): () => void {
    const timer = { at: this.time + ms, work };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** Milliseconds until the next timer; undefined when there is none. */
  get nextMs(): number | undefined {
    return this.timers.size === 0 ? undefined : Math.min(...[...this.timers].map(({ at }) => at)) - this.time;
  }

  /** Lets time pass, and everything that becomes due happen in its order. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await settled();
    for (let next = this.due(end); next !== undefined; next = this.due(end)) {
      this.timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.work();
      await settled();
    }
    this.time = end;
  }

  private due(end: number) {
    return [...this.timers].sort((a, b) => a.at - b.at).find(({ at }) => at <= end);
  }
}

/** Everything that only waits for promises has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
