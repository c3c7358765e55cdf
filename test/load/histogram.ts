import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';

const longestUs = 120_000_000;

/** Latencies in µs, to three digits, in constant memory. Anything over two minutes counts as two minutes. */
export class LatencyHistogram {
  private readonly values = build({
    bitBucketSize: 32,
    numberOfSignificantValueDigits: 3,
    highestTrackableValue: longestUs,
  });

  /** All that others have encoded, put together. */
  static of(encoded: readonly string[]): LatencyHistogram {
    const all = new LatencyHistogram();
    for (const text of encoded) all.values.add(decodeFromCompressedBase64(text));
    return all;
  }

  record(ms: number): void {
    this.values.recordValue(Math.min(longestUs, Math.max(1, Math.round(ms * 1000))));
  }

  get count(): number {
    return this.values.totalCount;
  }

  /** ms below which `percent` (0 to 100) of them lie. */
  at(percent: number): number {
    return this.values.getValueAtPercentile(percent) / 1000;
  }

  encode(): string {
    return encodeIntoCompressedBase64(this.values);
  }
}
