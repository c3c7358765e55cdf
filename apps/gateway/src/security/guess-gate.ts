import type { RateLimiter } from '#cache/rate-limiter.js';
import { FechatterError } from '#contracts/error.js';
import { LimitExceeded } from './rate-limits.js';

interface Line {
  inFlight: number;
  readonly waiting: (() => void)[];
}

const maxWaiting = 1_000;

/**
 * Lets attempts through while failures are left. No more are on their way at once than could fail, the others wait in
 * line: so a thousand guesses at the same moment are no more than the limit, and a thousand right passwords all pass.
 */
export class GuessGate {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly failures: RateLimiter) {}

  /** Throws LimitExceeded when no failure is left, UNAVAILABLE when the line is too long. */
  async attempt<Result>(
    key: string,
    work: () => Promise<Result>,
    isFailure: (error: unknown) => boolean,
  ): Promise<Result> {
    const line = this.lines.get(key) ?? { inFlight: 0, waiting: [] };
    this.lines.set(key, line);
    try {
      await this.enter(key, line);
      try {
        return await work();
      } catch (error) {
        if (isFailure(error)) await this.failures.consume(key);
        throw error;
      } finally {
        line.inFlight -= 1;
      }
    } finally {
      const next = line.waiting.shift();
      if (next !== undefined) next();
      else if (line.inFlight === 0) this.lines.delete(key);
    }
  }

  private async enter(key: string, line: Line): Promise<void> {
    for (;;) {
      // Taken before the look, so that two who look at the same moment do not both see the last place.
      line.inFlight += 1;
      const usage = await this.failures.look(key).catch((error: unknown) => {
        line.inFlight -= 1;
        throw error;
      });
      if (line.inFlight <= usage.remaining) return;
      line.inFlight -= 1;
      if (usage.remaining === 0) throw new LimitExceeded(usage);
      if (line.waiting.length >= maxWaiting)
        throw new FechatterError('UNAVAILABLE', undefined, { retryAfterSeconds: 1 });
      await new Promise<void>((resolve) => line.waiting.push(resolve));
    }
  }
}
