import { FechatterError } from '#contracts/error.js';
import type { HashCounts } from './hash.metrics.js';

export interface HashQueueLimits {
  /** Jobs at once. */
  readonly running: number;
  /** Jobs that wait for their turn. */
  readonly waiting: number;
  readonly maxWaitMs: number;
}

/**
 * Lets few jobs run at once and the others wait in order, so that a wave of logins takes neither all cores nor all
 * memory. Whoever finds the line full, or waits too long in it, gets UNAVAILABLE.
 */
export class HashQueue {
  private running = 0;
  private readonly line = new Set<() => void>();

  constructor(private readonly limits: HashQueueLimits) {}

  get counts(): HashCounts {
    return { running: this.running, waiting: this.line.size };
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running < this.limits.running) this.running += 1;
    else await this.waitForTurn();
    try {
      return await work();
    } finally {
      this.passOn();
    }
  }

  private waitForTurn(): Promise<void> {
    if (this.line.size >= this.limits.waiting) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.line.delete(begin);
        reject(busy());
      }, this.limits.maxWaitMs);
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      this.line.add(begin);
    });
  }

  /** The place of a finished job goes to the first in line, or becomes free. */
  private passOn(): void {
    const [next] = this.line;
    if (next === undefined) {
      this.running -= 1;
      return;
    }
    this.line.delete(next);
    next();
  }
}

function busy(): FechatterError {
  return new FechatterError(
    'UNAVAILABLE',
    'Too many people are signing in at the moment. Try again in a few seconds.',
    {
      retryAfterSeconds: 5,
    },
  );
}
