/** Shorter than what a caller keeps back of its deadline, so that it learns in time that the callee did not answer. */
const sweepEveryMs = 10;

export interface Wait {
  /** Epoch milliseconds. */
  readonly deadline: number;
  expire(): void;
}

/** Ends what is waited for too long. One timer for all: those of the calls were 5 % in the profile of a list. */
export class Deadlines {
  private readonly waits = new Set<Wait>();
  private sweeper: NodeJS.Timeout | undefined;

  add(wait: Wait): void {
    this.waits.add(wait);
    this.sweeper ??= setInterval(() => this.sweep(), sweepEveryMs);
  }

  delete(wait: Wait): void {
    this.waits.delete(wait);
  }

  private sweep(): void {
    const now = Date.now();
    for (const wait of this.waits) {
      if (wait.deadline > now) continue;
      this.waits.delete(wait);
      wait.expire();
    }
    if (this.waits.size > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }
}
