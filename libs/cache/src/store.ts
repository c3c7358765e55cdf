/** What a loader brings for an id. `version` rises with every change of the row, where the row has such a column. */
export interface Loaded<Value> {
  readonly value: Value;
  readonly version?: number;
}

/** What the shared store says of one id: `null` as a value stands for "there is none". */
export type Found =
  | { readonly kind: 'hit'; readonly json: string }
  /** The caller holds the lease and is to load. `stale`: the value that ran out, which may still be served. */
  | { readonly kind: 'load'; readonly stale?: string }
  /** Somebody else loads. */
  | { readonly kind: 'wait'; readonly stale?: string };

/** What is to be stored: only if the lease is still the caller's, and nothing newer is known. */
export interface Write {
  readonly id: string;
  readonly json: string;
  readonly version: number | undefined;
  readonly ttlMs: number;
  readonly staleMs: number;
}

/** The values of one pattern that processes share. Every method throws when the store is away. */
export interface Store {
  /** Looks the ids up and takes the lease under `token` for those that nobody loads. */
  begin(ids: readonly string[], token: string): Promise<Found[]>;
  finish(writes: readonly Write[], token: string): Promise<void>;
  /** Gives the leases under `token` back, as nothing could be loaded. */
  release(ids: readonly string[], token: string): Promise<void>;
  /**
   * Forgets values and leases, so that a load in flight cannot land; `version`: nor any value older than that. `holdMs`:
   * nobody may store anything for so long, as the values are about to change.
   */
  invalidate(ids: readonly string[], options: { version?: number | undefined; holdMs?: number }): Promise<void>;
  /** Forgets every value of the pattern. */
  invalidateAll(): Promise<void>;
  /** Every id that has a value, with its JSON; for the auditor, not for traffic. */
  all(): Promise<[id: string, json: string][]>;
  /** `listener` runs when another process has made every value invisible. */
  onRenewed(listener: () => void): void;
}
