import { FechatterError } from '#contracts/error.js';

const mostInFlight = 2_000;

/** Counts the requests that a service is working on: bounds them, and lets a stop wait for the last. */
export class InFlight {
  private count = 0;
  private readonly waiting: (() => void)[] = [];

  /** To be ended by `end` once the answer is sent: nothing may be closed before that. */
  begin(): void {
    this.count++;
  }

  end(): void {
    this.count--;
    if (this.count === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Called after `begin`: throws UNAVAILABLE when more has begun than one process should work on. */
  checkRoom(): void {
    if (this.count <= mostInFlight) return;
    throw new FechatterError('UNAVAILABLE', 'The server is busy. Try again in a moment.', { retryAfterSeconds: 1 });
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

/** One count for each queue, so that a flood of requests for one service does not starve those for another. */
export class Queues {
  private readonly queues = new Map<string, InFlight>();

  of(queue: string): InFlight {
    const known = this.queues.get(queue);
    if (known !== undefined) return known;
    const added = new InFlight();
    this.queues.set(queue, added);
    return added;
  }

  async settled(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.settled()));
  }
}
