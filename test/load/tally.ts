import { LatencyHistogram } from './histogram.js';
import type { TargetResult } from './job.js';

const mostSamples = 40;
const mostFailureTexts = 3;

/** Counts what becomes of requests of one kind. Times are in ms from the beginning of the measured time. */
export class Tally {
  private readonly latencies = new LatencyHistogram();
  private readonly perSecond: number[] = [];
  private readonly samples: string[] = [];
  private readonly firstFailures: string[] = [];
  private answered = 0;
  private failed = 0;

  constructor(readonly name: string) {}

  succeed(startedMs: number, endedMs: number): void {
    this.answered += 1;
    this.latencies.record(endedMs - startedMs);
    const second = Math.floor(endedMs / 1000);
    this.perSecond[second] = (this.perSecond[second] ?? 0) + 1;
  }

  fail(why: string): void {
    this.failed += 1;
    if (this.firstFailures.length < mostFailureTexts) this.firstFailures.push(why);
  }

  /** Keeps an answer, so that it can be checked later. */
  keep(body: Buffer): void {
    if (this.samples.length < mostSamples) this.samples.push(body.toString('utf8'));
  }

  result(): TargetResult {
    const { name, answered, failed, firstFailures, samples } = this;
    const perSecond = Array.from(this.perSecond, (count) => count ?? 0);
    return { name, answered, failed, firstFailures, samples, latencies: this.latencies.encode(), perSecond };
  }
}
