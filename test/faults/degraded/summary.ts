/** What a server answered, and how long it took. */
export interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly json: unknown;
  /** Whether an error has the form that the contract gives to errors. */
  readonly isInForm: boolean;
}

/** What became of a load. */
export interface Summary {
  readonly errors: number;
  readonly errorRate: number;
  readonly p99: number;
  readonly slowest: number;
  /** Each that was met, once, in order. */
  readonly statuses: readonly number[];
  /** Whether each error had the form of the contract. */
  readonly isInForm: boolean;
}

/** Sums answers up, and prints error rate and p99. */
export function summaryOf(name: string, answers: readonly Answer[]): Summary {
  const errors = answers.filter(({ status }) => status >= 400).length;
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
  const errorRate = errors / answers.length;
  print(name, answers.length, errorRate, p99);
  const statuses = [...new Set(answers.map(({ status }) => status))].sort((a, b) => a - b);
  const isInForm = answers.every((answer) => answer.isInForm);
  return { errors, errorRate, p99, slowest: sorted.at(-1) ?? Number.NaN, statuses, isInForm };
}

/** One line on a load. */
export function print(name: string, requests: number, errorRate: number, p99: number): void {
  const rate = (100 * errorRate).toFixed(1);
  process.stdout.write(`${name}: ${requests} requests, ${rate} % errors, p99 ${p99.toFixed(0)} ms\n`);
}
