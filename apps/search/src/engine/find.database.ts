import { Database } from '#database/database.js';
import type { Lane } from '#database/database.module.js';

/** So many connections are left for the index: however many search, it is kept up to date. */
const forIndex = 2;

/** Connections that searches have for themselves. */
export class FindDatabase extends Database {}

/**
 * Of `poolMax` connections those for searches. A search looks at the clock between slices of the index; one that does
 * not come that far is ended by PostgreSQL when half of its time has passed once more.
 */
export function findLane(poolMax: number, budgetMs: number): Lane {
  return { name: 'find', token: FindDatabase, max: poolMax - forIndex, statementTimeoutMs: statementMs(budgetMs) };
}

/** How long a statement of a search may take at all. */
export function statementMs(budgetMs: number): number {
  return Math.ceil(1.5 * budgetMs);
}
