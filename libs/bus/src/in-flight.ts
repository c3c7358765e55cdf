import { FechatterError } from '#contracts/error.js';

const mostInFlight = 2_000;

/** Counts the requests that are being worked on: bounds them, and lets a stop wait for the last. */
export class InFlight {
  private count = 0;
  private readonly waiting: (() => void)[] = [];

  /** Runs `work` unless too much is in flight already. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.count >= mostInFlight) {
      throw new FechatterError('UNAVAILABLE', 'The server is busy. Try again in a moment.', { retryAfterSeconds: 1 });
    }
    this.count++;
    try {
      return await work();
    } finally {
      this.count--;
      if (this.count === 0) for (const resolve of this.waiting.splice(0)) resolve();
    }
  }

  /** Resolves when nothing is in flight, or after `limitMs`. */
  async settled(limitMs = 10_000): Promise<void> {
    if (this.count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** What is in flight, for each queue by itself: an app of standalone that is flooded leaves the others their room. */
export class Queues {
  private readonly queues = new Map<string, InFlight>();

  of(queue: string): InFlight {
    const known = this.queues.get(queue) ?? new InFlight();
    this.queues.set(queue, known);
    return known;
  }

  /** Resolves when nothing is in flight in any of them, or after the limit of InFlight. */
  async settled(): Promise<void> {
    await Promise.all([...this.queues.values()].map((inFlight) => inFlight.settled()));
  }
}
