/** A node of EXPLAIN's JSON, as far as it is read here. */
interface RawNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Schema?: string;
  readonly Alias?: string;
  readonly 'Index Name'?: string;
  readonly 'Function Name'?: string;
  readonly 'CTE Name'?: string;
  readonly 'Subplan Name'?: string;
  readonly 'Plan Rows': number;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Actual Total Time'?: number;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly 'Temp Written Blocks'?: number;
  readonly 'Sort Space Type'?: string;
  readonly 'Rows Removed by Filter'?: number;
  readonly Operation?: string;
  readonly Plans?: readonly RawNode[];
}

/** A step of a plan with what it did. Rows are those of one loop; buffers and temporary blocks are of 8 KiB. */
export interface PlanNode {
  readonly type: string;
  /** What it works on: table, index, function, CTE. */
  readonly on: string;
  readonly relation?: string;
  readonly index?: string;
  /** `SubPlan 1`, `CTE moved`. */
  readonly name?: string;
  readonly estimatedRows: number;
  readonly rows: number;
  readonly loops: number;
  /** All loops together. */
  readonly ms: number;
  readonly buffers: number;
  readonly temporaryBlocks: number;
  readonly removedRows: number;
  readonly spilled: boolean;
  readonly conditions: readonly string[];
  readonly children: readonly PlanNode[];
}

export interface Plan {
  readonly root: PlanNode;
  readonly planningMs: number;
  readonly executionMs: number;
}

/** What EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) and auto_explain write about one statement. */
export interface RawPlan {
  readonly Plan: object;
  readonly 'Query Text'?: string;
  readonly 'Planning Time'?: number;
  readonly 'Execution Time'?: number;
}

export function toPlan(raw: RawPlan): Plan {
  const root = toNode(raw.Plan as RawNode);
  return { root, planningMs: raw['Planning Time'] ?? 0, executionMs: raw['Execution Time'] ?? root.ms };
}

function toNode(raw: RawNode): PlanNode {
  const loops = raw['Actual Loops'] ?? 0;
  const index = raw['Index Name'];
  const name = raw['Subplan Name'];
  const relation = raw['Relation Name'];
  const on = [relation ?? raw['Function Name'] ?? raw['CTE Name'], index && `by ${index}`].filter(Boolean).join(' ');
  return {
    type: raw.Operation === undefined ? raw['Node Type'] : `${raw['Node Type']} ${raw.Operation}`,
    on,
    ...(relation !== undefined && { relation }),
    ...(index !== undefined && { index }),
    ...(name !== undefined && { name }),
    estimatedRows: raw['Plan Rows'],
    rows: raw['Actual Rows'] ?? 0,
    loops,
    ms: (raw['Actual Total Time'] ?? 0) * loops,
    buffers: (raw['Shared Hit Blocks'] ?? 0) + (raw['Shared Read Blocks'] ?? 0),
    temporaryBlocks: raw['Temp Written Blocks'] ?? 0,
    removedRows: raw['Rows Removed by Filter'] ?? 0,
    spilled: raw['Sort Space Type'] === 'Disk',
    conditions: Object.entries(raw).flatMap(([key, value]) => (/ Cond$|Filter$/.test(key) ? [`${key}: ${value}`] : [])),
    children: (raw.Plans ?? []).map(toNode),
  };
}

/** The node and everything below it. */
export function allNodes(node: PlanNode): PlanNode[] {
  return [node, ...node.children.flatMap(allNodes)];
}
