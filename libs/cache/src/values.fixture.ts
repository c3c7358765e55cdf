import { Bulkhead } from './bulkhead.js';
import { CachedValues, type Layers } from './cached-values.js';
import type { CachePattern } from './pattern.js';
import { lastingPattern } from './pattern.fixture.js';
import type { Store } from './store.js';

export interface Row {
  readonly id: number;
  readonly name: string;
}

/** A table of rows, what was asked of it, and a cache in front. */
export interface CachedTable {
  readonly rows: Map<number, Row>;
  /** Each load, in order. */
  readonly loads: number[][];
  /** Resolved before a load looks at the rows. */
  gate: Promise<void>;
  readonly values: CachedValues<number, Row>;
  /** What was told to the other processes. */
  readonly published: (readonly (string | number)[] | undefined)[];
}

export function cachedTable(
  more: Partial<CachePattern> = {},
  store?: Store,
  rows = new Map<number, Row>(),
  layers: Partial<Layers> = {},
): CachedTable {
  const published: CachedTable['published'] = [];
  const table = { rows, loads: [] as number[][], gate: Promise.resolve(), published };
  const load = async (ids: readonly number[]) => {
    table.loads.push([...ids]);
    const found = new Map(ids.flatMap((id) => (rows.has(id) ? [[id, { value: rows.get(id) as Row }]] : [])));
    await table.gate;
    return found;
  };
  const values = new CachedValues<number, Row>({ ...lastingPattern('row'), ...more }, load, {
    store,
    invalidations: { publish: (_, ids) => void published.push(ids) },
    bulkhead: new Bulkhead(2, 2),
    ...layers,
  });
  return Object.assign(table, { values });
}
