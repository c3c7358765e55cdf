/** Units of Grafana: requests and operations a second, seconds, a share of 1, bytes, or none. */
type Unit = 'reqps' | 'ops' | 's' | 'percentunit' | 'bytes' | 'short';

/** Lines over time. */
export interface Panel {
  readonly title: string;
  /** What an operator has to know to read it. */
  readonly about?: string;
  readonly unit: Unit;
  /** PromQL by legend; `{{label}}` in a legend stands for the value of a label. */
  readonly lines: Readonly<Record<string, string>>;
}

/** One page; `name` is that of its file. */
export interface Dashboard {
  readonly name: string;
  readonly panels: readonly Panel[];
}

/** How fast a counter grows, a second, over some four scrapes. Grafana knows how long that is. */
export function rate(counter: string): string {
  return `rate(${counter}[$__rate_interval])`;
}

/** The time within which a share of what a histogram has counted was done, for each value of the labels `by`. */
export function quantile(share: number, histogram: string, by: readonly string[] = [], where = ''): string {
  return `histogram_quantile(${share}, sum by (${['le', ...by].join(', ')}) (${rate(`${histogram}_bucket${where}`)}))`;
}
