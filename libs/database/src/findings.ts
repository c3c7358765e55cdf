import type { Explained } from './explain.js';
import { allNodes, type PlanNode } from './plan.js';

/** Estimates of less than so many rows mislead nobody. */
const fewRows = 100;

export interface Bounds {
  /** Rows that one sort may take. */
  readonly sorted: number;
  /** Rows that are read one after another, without an index; more than a small table has. */
  readonly scanned: number;
}

/** Of what answers pages: the largest page and one row more, and a table that is read as fast whole as by an index. */
export const pageBounds: Bounds = { sorted: 501, scanned: 1_000 };

/** What a plan does that will hurt when the tables grow, in words. */
export function findings({ plan, inner }: Explained, { sorted, scanned }: Bounds): string[] {
  const nodes = [plan, ...inner.map((each) => each.plan)].flatMap(({ root }) => allNodes(root));
  return nodes.flatMap((node) => [
    ...(node.type === 'Seq Scan' && readRows(node) > scanned
      ? [`sequential scan of ${node.on}: ${readRows(node)} rows`]
      : []),
    ...(node.type.endsWith('Sort') && rowsInto(node) > sorted ? [`sorts ${rowsInto(node)} rows`] : []),
    ...(node.spilled || node.temporaryBlocks > 0 ? [`${node.type} wrote ${node.temporaryBlocks} blocks to disk`] : []),
  ]);
}

/** Where the planner expected ten times as many rows as there were, or a tenth: the steps where it begins. */
export function misestimates(node: PlanNode): string[] {
  const below = node.children.flatMap(misestimates);
  if (below.length > 0 || !isMisestimated(node)) return below;
  return [`${node.type} ${node.on}: expected ${node.estimatedRows} rows, got ${Math.round(node.rows)}`];
}

function isMisestimated({ estimatedRows, rows, loops }: PlanNode): boolean {
  const [less, more] = [Math.min(estimatedRows, rows), Math.max(estimatedRows, rows)];
  return loops > 0 && more >= fewRows && more > 10 * Math.max(1, less);
}

function readRows({ rows, removedRows, loops }: PlanNode): number {
  return Math.round((rows + removedRows) * loops);
}

function rowsInto({ children }: PlanNode): number {
  return Math.round(children[0]?.rows ?? 0);
}
