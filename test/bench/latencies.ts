import { LatencyHistogram } from '../load/histogram.js';
import type { Plot } from './bench.js';

/** A result with an encoded LatencyHistogram. */
interface Latencies {
  readonly latencies: string;
}

/** The latencies of some results put together. */
export function latenciesOf(results: readonly Latencies[]): LatencyHistogram {
  return LatencyHistogram.of(results.map(({ latencies }) => latencies));
}

const percents = [10, 25, 50, 75, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.98, 99.99, 99.999];

/** Points of the picture: percentiles, denser where they are rare, against ms. */
export function percentileSeries(name: string, results: readonly Latencies[]): Plot['series'][number] {
  const histogram = latenciesOf(results);
  const known = percents.filter((percent) => histogram.count * (1 - percent / 100) >= 1);
  return { name, points: known.map((percent) => [percent, histogram.at(percent)] as const) };
}
