import type { Generator } from '../load/generator.js';

export type Topology = 'standalone' | 'distributed';

/** What a figure must reach. */
export interface Bar {
  /** The figure itself, or how many times its floor it is. */
  readonly of: 'ours' | 'ratio';
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Floor {
  readonly name: string;
  readonly value: number;
  readonly generatorCpu?: number;
}

/** One line of the table. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** What the bare library or the bare statement does, measured in the same run. */
  readonly floor?: Floor;
  /** `ours` ÷ floor. With rounds, the median of their ratios. */
  readonly ratio?: number;
  /** In which the true median of the ratio lies, in 95 of 100 runs; with few rounds nobody can tell. */
  readonly interval?: readonly [number, number];
  readonly bar?: Bar;
  /** Processor time of the load generator while it measured, as a share of one core. */
  readonly generatorCpu?: number;
}

/**
 * A picture of the report; points are [x, y]. `latency` has percentiles on x and ms on y, `time` has seconds on x, `curve`
 * has a few sizes on x.
 */
export interface Plot {
  readonly title: string;
  readonly kind: 'latency' | 'time' | 'curve';
  readonly x: string;
  readonly y: string;
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[];
}

/** What a bench has found out. */
export interface Findings {
  readonly figures: readonly Figure[];
  readonly plots?: readonly Plot[];
  /** Sentences on how it was measured, or what else was seen. */
  readonly notes?: readonly string[];
  /** Settings of the PostgreSQL that was measured, as it reported them itself. */
  readonly postgres?: Readonly<Record<string, string>>;
}

/** What a bench works with. */
export interface Setting {
  readonly topology: Topology;
  /** Shorter, to see that it works; no figures to quote. */
  readonly quick: boolean;
  readonly generator: Pick<Generator, 'run' | 'during'>;
  /** Says what is being done. */
  readonly say: (what: string) => void;
}

export interface Bench {
  readonly name: string;
  /** One line for the list. */
  readonly about: string;
  /** On which topologies it runs unless one is asked for. A bench without a server has none to choose. */
  readonly topologies: readonly Topology[];
  run(setting: Setting): Promise<Findings>;
}

/** Whether a figure reaches its bar; undefined where it has none. */
export function isMet({ bar, ours, ratio }: Figure): boolean | undefined {
  if (bar === undefined) return undefined;
  const value = bar.of === 'ours' ? ours : (ratio ?? Number.NaN);
  return value >= (bar.atLeast ?? -Infinity) && value <= (bar.atMost ?? Infinity);
}

/** The exit status of a measurement: 1 where a bar is missed. */
export function exitStatusOf(results: readonly Findings[]): number {
  return results.flatMap(({ figures }) => figures).some((figure) => isMet(figure) === false) ? 1 : 0;
}
