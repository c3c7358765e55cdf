/** So many uses a second, and as many at once after a pause. */
export class TokenBucket {
  private tokens: number;
  private filledAt = 0;

  constructor(private readonly perSecond: number) {
    this.tokens = perSecond;
  }

  /** Takes a token, if there is one at `now`, in milliseconds. A clock that was set back earns nothing. */
  take(now: number): boolean {
    const earned = ((now - this.filledAt) / 1_000) * this.perSecond;
    this.tokens = Math.min(this.perSecond, this.tokens + Math.max(0, earned));
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
