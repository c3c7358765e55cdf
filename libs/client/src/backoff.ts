/** No wait between two tries is longer. */
const longestMs = 30_000;
/** Further doubling changes nothing. */
const mostDoublings = 16;

/** How long to wait between tries: full jitter, so that clients who were cut off together do not return together. */
export class Backoff {
  private failures = 0;

  /** The first wait is up to `firstMs`. `random` answers from 0 up to, but without, 1. */
  constructor(
    private readonly firstMs: number,
    private readonly random: () => number,
  ) {}

  /** Milliseconds until the next try: anything up to a bound, which doubles from try to try up to 30 s. */
  next(): number {
    const bound = Math.min(longestMs, this.firstMs * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, mostDoublings);
    return Math.floor(this.random() * bound);
  }

  /** A try has succeeded. */
  reset(): void {
    this.failures = 0;
  }
}
