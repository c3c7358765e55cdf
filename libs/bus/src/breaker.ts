import { silent } from './no-answer.js';
import { nounOf } from './subject.js';

const mostTimeouts = 20;
const pauseMs = 1_000;
/** A time-out says nothing about the callee when its caller had hardly any time left. */
const fairMs = 500;

/**
 * Keeps a service that hangs from holding each of its callers until the deadline: after 20 time-outs with no answer
 * between them calls fail at once, and one a second tries whether it answers again.
 */
export class Breaker {
  private timeouts = 0;
  private lastTry = 0;

  /** Throws UNAVAILABLE instead of letting a call through that would only wait. */
  pass(): void {
    if (this.timeouts < mostTimeouts) return;
    const now = performance.now();
    if (now - this.lastTry < pauseMs) throw silent();
    this.lastTry = now;
  }

  /** Any answer, also an error: somebody is there. */
  answered(): void {
    this.timeouts = 0;
  }

  /** `allowedMs`: how long the call was ready to wait. */
  timedOut(allowedMs: number): void {
    if (allowedMs < fairMs) return;
    this.timeouts++;
    if (this.timeouts === mostTimeouts) this.lastTry = performance.now();
  }
}

/** One breaker for each group of subjects. */
export class Breakers {
  private readonly breakers = new Map<string, Breaker>();

  of(subject: string): Breaker {
    const noun = nounOf(subject);
    const known = this.breakers.get(noun);
    if (known !== undefined) return known;
    const added = new Breaker();
    this.breakers.set(noun, added);
    return added;
  }
}
