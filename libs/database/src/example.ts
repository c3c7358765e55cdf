import type { PlanMode } from './explain.js';
import type { Bounds } from './findings.js';

/**
 * How a statement is tried: with parameters out of what the database holds. `npm run db:explain` runs it so, and the plan
 * tests on a million messages hold it to its bounds.
 */
export interface Example<Facts> {
  readonly params: (facts: Facts) => readonly unknown[];
  /** The same far away from the beginning; it may cost no more. */
  readonly deep?: (facts: Facts) => readonly unknown[];
  /** The same asked otherwise, under a name for each: with another plan, and within the same bounds. */
  readonly also?: Readonly<Record<string, (facts: Facts) => readonly unknown[]>>;
  /** Indexes that it goes by, however it is asked: all are in its plan, or in those of the functions that it calls. */
  readonly index?: readonly string[];
  /** Blocks of 8 KiB that it touches at most. */
  readonly buffers: number;
  /** What it may do beyond a page. */
  readonly bounds?: Partial<Bounds>;
  readonly mode?: PlanMode;
  /** Why it may scan or sort what grows: it runs rarely, or in the background. */
  readonly cold?: string;
}

/** The examples of a service: a query whose one row has the facts, and how each statement is tried with them. */
export interface Examples {
  readonly facts: string;
  readonly statements: Readonly<Record<string, Example<object>>>;
}

/** `Facts` are the columns of the row that `facts` yields. */
export function examples<Facts extends object>(
  facts: string,
  statements: Readonly<Record<string, Example<Facts>>>,
): Examples {
  return { facts, statements: statements as Readonly<Record<string, Example<object>>> };
}
