/** Time as the client sees it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Does `work` once, after `ms` milliseconds; the answer takes that back. */
  after(ms: number, work: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** A wait that can be cut short. */
export class Pause {
  private end: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  /** Resolves after `ms`, or when it is woken. */
  async wait(ms: number): Promise<void> {
    let cancel: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      this.end = resolve;
      cancel = this.clock.after(ms, resolve);
    });
    cancel?.();
    this.end = undefined;
  }

  /** Ends the wait that is going on, if any. */
  wake(): void {
    this.end?.();
  }
}
