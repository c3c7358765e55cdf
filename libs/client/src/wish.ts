import { FechatterError, type ErrorCode } from '#contracts/error.js';
import type { ClientFrame } from '#contracts/frame.js';
import { Backoff } from './backoff.js';
import { Pause, type Clock } from './clock.js';
import type { Live } from './live.js';

const firstRetryMs = 2_000;
/** After these the frame may be taken the next time; every other error is the server's last word. */
const passing: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'INTERNAL_ERROR', 'RATE_LIMITED']);

/** Something that the server is to know of each connection: said again until it has taken it. */
export class Wish {
  private frame: ClientFrame | undefined;
  private pause: Pause | undefined;

  constructor(
    private readonly live: Live,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** Takes the place of what was said before. */
  say(frame: ClientFrame): void {
    this.frame = frame;
    this.renew();
  }

  /** To be called for each new connection. */
  renew(): void {
    this.rest();
    if (this.frame !== undefined) void this.repeat(this.frame);
  }

  /** Says nothing more until the next connection. */
  rest(): void {
    this.pause?.wake();
    this.pause = undefined;
  }

  private async repeat(frame: ClientFrame): Promise<void> {
    const pause = (this.pause = new Pause(this.clock));
    const backoff = new Backoff(firstRetryMs, this.random);
    const { writable } = this.live;
    // A newer wish has a pause of its own, and a newer connection is told by `renew`.
    while (writable !== undefined && this.live.writable === writable && this.pause === pause) {
      if (await this.isSettled(frame)) return;
      await pause.wait(backoff.next());
    }
  }

  /** Whether the server has taken the frame, or never will. */
  private async isSettled(frame: ClientFrame): Promise<boolean> {
    const answer = this.live.ask(frame);
    if (answer === undefined) return false;
    try {
      await answer;
      return true;
    } catch (error) {
      return !(error instanceof FechatterError && passing.has(error.code));
    }
  }
}
