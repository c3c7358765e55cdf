import { FechatterError } from '#contracts/error.js';
import type { ClientFrame } from '#contracts/frame.js';
import type { Clock } from './clock.js';

const answerMs = 10_000;
/** The server closes a connection that sends more than 30 frames a second; ours alone must stay well below. */
const framesPerSecond = 20;

interface Waiting {
  readonly resolve: (answer: object) => void;
  readonly reject: (error: FechatterError) => void;
}

/** Frames that wait for the server's answer, and how many more may go. */
export class Requests {
  private readonly waiting = new Map<string, Waiting>();
  private lastRef = 0;
  private allowance = framesPerSecond;
  private allowedAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly send: (frame: ClientFrame) => void,
  ) {
    this.allowedAt = clock.now();
  }

  /** Counts a frame; false when there have been too many lately. */
  mayGo(): boolean {
    const now = this.clock.now();
    const earned = ((now - this.allowedAt) / 1_000) * framesPerSecond;
    this.allowance = Math.min(framesPerSecond, this.allowance + Math.max(0, earned));
    this.allowedAt = now;
    if (this.allowance < 1) return false;
    this.allowance -= 1;
    return true;
  }

  /** Rejects with what the server says, or with UNAVAILABLE when it does not: then the frame may have been done. */
  async ask(frame: ClientFrame, timeoutMs = answerMs): Promise<object> {
    const ref = String(++this.lastRef);
    const answer = new Promise<object>((resolve, reject) => this.waiting.set(ref, { resolve, reject }));
    const cancel = this.clock.after(timeoutMs, () => this.refuse(ref, noAnswer()));
    this.send({ ...frame, ref });
    try {
      return await answer;
    } finally {
      cancel();
      this.waiting.delete(ref);
    }
  }

  answer(ref: ClientFrame['ref'], answer: object): void {
    this.waiting.get(String(ref))?.resolve(answer);
  }

  refuse(ref: ClientFrame['ref'], error: FechatterError): void {
    this.waiting.get(String(ref))?.reject(error);
  }

  /** No answer comes any more. */
  close(): void {
    for (const { reject } of this.waiting.values()) reject(noAnswer());
  }
}

function noAnswer(): FechatterError {
  return new FechatterError('UNAVAILABLE', 'The connection ended before the answer came.');
}
