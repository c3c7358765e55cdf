import type { Connection } from './connection.js';
import type { Target } from './job.js';
import { Tally } from './tally.js';

const sampleEvery = 512;
let lanes = 0;

/** The requests of one target, handed out in turn, and what becomes of them. */
export class Lane {
  readonly tally: Tally;
  private readonly id = `${process.pid}-${lanes++}`;
  private readonly uniqueAt: readonly number[];
  private turn = 0;

  constructor(readonly target: Target) {
    const { name, requests, unique } = target;
    this.tally = new Tally(name);
    this.uniqueAt = unique === undefined ? [] : requests.map((request) => request.indexOf(unique));
  }

  /**
   * Sends the next request. `startedMs` (of performance.now()) is when it should have been sent; what began before
   * `beginMs` or is answered after `endMs` does not count. `onEnd` hears whether the connection can go on.
   */
  send(
    connection: Connection,
    startedMs: number,
    beginMs: number,
    endMs: number,
    onEnd: (usable: boolean) => void,
  ): void {
    const turn = this.turn++;
    const isSample = turn % sampleEvery === 0;
    connection.send(this.request(turn), isSample, (error, status, body) => {
      const endedMs = performance.now();
      if (startedMs >= beginMs && endedMs < endMs) {
        if (error !== undefined) this.tally.fail(error.message);
        else if (status !== this.target.status) this.tally.fail(`${status} ${body.toString('utf8').slice(0, 300)}`);
        else this.tally.succeed(startedMs - beginMs, endedMs - beginMs);
        if (isSample && error === undefined) this.tally.keep(body);
      }
      onEnd(error === undefined);
    });
  }

  private request(turn: number): Buffer {
    const { requests, unique } = this.target;
    const index = turn % requests.length;
    const request = requests[index]!;
    if (unique === undefined) return request;
    const text = `${this.id}-${turn}`.padStart(unique.length, '0').slice(-unique.length);
    const own = Buffer.from(request);
    own.write(text, this.uniqueAt[index] ?? 0, 'latin1');
    return own;
  }
}
