import { FechatterError } from '#contracts/error.js';

/** Lets so many works run at once, and so many wait in line. */
export class Bulkhead {
  private running = 0;
  private readonly line: (() => void)[] = [];

  constructor(
    private readonly mostRunning: number,
    private readonly mostWaiting: number,
  ) {}

  /** Throws UNAVAILABLE at once when as many wait already. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running < this.mostRunning) this.running++;
    else if (this.line.length >= this.mostWaiting)
      throw new FechatterError('UNAVAILABLE', undefined, { retryAfterSeconds: 1 });
    // Whoever leaves hands its place on, so nobody can slip in between.
    else await new Promise<void>((resolve) => this.line.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.line.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }
}
