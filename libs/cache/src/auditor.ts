/** A value that is cached and is not what its loader brings now. */
export interface Difference {
  readonly key: string;
  readonly layer: 'memory' | 'redis';
  readonly cached: string;
  readonly loaded: string;
}

export interface Audit {
  readonly compared: number;
  readonly differences: readonly Difference[];
}

/** A cache as the auditor sees it. */
export interface Auditable<Id extends string | number, Value extends object> {
  readonly name: string;
  /** What this process holds and would serve. Null: there is none. */
  held(): readonly [Id, Value | null][];
  /** What Redis holds, as JSON, where it holds any. */
  shared?(): Promise<readonly [id: string, json: string][]>;
  /** What there is now, past every layer. */
  reload(ids: readonly Id[]): Promise<ReadonlyMap<Id, Value>>;
}

const atOnce = 500;

/**
 * Loads every value that this process or Redis has cached anew and compares the bytes. To be run when nothing changes:
 * what changes meanwhile may show up as a difference.
 */
export async function audit<Id extends string | number, Value extends object>(
  values: Auditable<Id, Value>,
  toId: (text: string) => Id,
): Promise<Audit> {
  const shared = (await values.shared?.()) ?? [];
  const cached = [
    ...values.held().map(([id, value]) => ({ id, layer: 'memory' as const, json: JSON.stringify(value) })),
    ...shared.map(([id, json]) => ({ id: toId(id), layer: 'redis' as const, json })),
  ];
  const differences: Difference[] = [];
  for (let start = 0; start < cached.length; start += atOnce) {
    const slice = cached.slice(start, start + atOnce);
    const loaded = await values.reload([...new Set(slice.map(({ id }) => id))]);
    for (const { id, layer, json } of slice) {
      const now = JSON.stringify(loaded.get(id) ?? null);
      if (now !== json) differences.push({ key: `${values.name}:${id}`, layer, cached: json, loaded: now });
    }
  }
  return { compared: cached.length, differences };
}
