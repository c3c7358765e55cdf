import { FechatterError } from '#contracts/error.js';
import type { ClientFrame } from '#contracts/frame.js';
import { TokenBucket } from '#domain/token-bucket.js';
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
  private readonly bucket = new TokenBucket(framesPerSecond);

  constructor(
    private readonly clock: Clock,
    private readonly send: (frame: ClientFrame) => void,
  ) {}

  /** Counts a frame; false when there have been too many lately. */
  mayGo(): boolean {
    return this.bucket.take(this.clock.now());
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
