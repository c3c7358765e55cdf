import { LatencyHistogram } from './histogram.js';
import type { Target, TargetResult } from './job.js';

const sampleEvery = 512;
const mostSamples = 40;
const mostFailureTexts = 3;

let jobs = 0;

/** Counts what becomes of the requests of one target, and hands them out in turn. */
export class Tally {
  private readonly latencies = new LatencyHistogram();
  private readonly perSecond: number[] = [];
  private readonly samples: string[] = [];
  private readonly firstFailures: string[] = [];
  private answered = 0;
  private failed = 0;
  private turn = 0;
  private readonly job = `${process.pid}-${jobs++}`;
  private readonly uniqueAt: readonly number[];

  constructor(readonly target: Target) {
    const { requests, unique } = target;
    this.uniqueAt = unique === undefined ? [] : requests.map((request) => request.indexOf(unique));
  }

  /** The next request. The body of every few hundredth answer is wanted, as a sample. */
  next(): { request: Buffer; wantsBody: boolean } {
    const { requests, unique } = this.target;
    const turn = this.turn++;
    const index = turn % requests.length;
    let request = requests[index]!;
    if (unique !== undefined) {
      request = Buffer.from(request);
      const text = `${this.job}-${turn}`.padStart(unique.length, '0').slice(-unique.length);
      request.write(text, this.uniqueAt[index] ?? 0, 'latin1');
    }
    return { request, wantsBody: turn % sampleEvery === 0 };
  }

  /** `startedMs` and `endedMs` count from the beginning of the measured time. */
  count(startedMs: number, endedMs: number, error: Error | undefined, status: number, body: Buffer): void {
    if (error !== undefined || status !== this.target.status) {
      this.failed += 1;
      const text = error?.message ?? `${status} ${body.toString('utf8').slice(0, 300)}`;
      if (this.firstFailures.length < mostFailureTexts) this.firstFailures.push(text);
      return;
    }
    this.answered += 1;
    this.latencies.record(endedMs - startedMs);
    const second = Math.floor(endedMs / 1000);
    this.perSecond[second] = (this.perSecond[second] ?? 0) + 1;
    if (body.length > 0 && this.samples.length < mostSamples) this.samples.push(body.toString('utf8'));
  }

  result(): TargetResult {
    const { answered, failed, firstFailures, samples } = this;
    return {
      name: this.target.name,
      answered,
      failed,
      firstFailures,
      samples,
      latencies: this.latencies.encode(),
      perSecond: Array.from(this.perSecond, (count) => count ?? 0),
    };
  }
}
