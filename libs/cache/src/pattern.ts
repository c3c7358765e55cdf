/** One kind of cached value: its keys, how long it lives, whose it is. All times in milliseconds. */
export interface CachePattern {
  /** First word of its keys and label of its metrics. */
  readonly name: string;
  /** The guide's key, `user:{user_id}`. */
  readonly key: string;
  /** The service whose data it is: the only one that loads and invalidates it. */
  readonly owner: string;
  /** Most values in the memory of a process. */
  readonly mostLocal: number;
  /** How long a process serves from its memory without looking into Redis; bounds what a lost event can do. */
  readonly localMs: number;
  /** Whether processes that have a Redis share it there. */
  readonly isShared: boolean;
  /** How long Redis serves it. */
  readonly ttlMs: number;
  /** How long after that it is still served while it is loaded anew in the background; 0 for never. */
  readonly staleMs: number;
  /** How long "there is none" is remembered; at most 5,000. */
  readonly negativeMs: number;
  /** What makes it invalid before its time, for people. */
  readonly invalidatedBy: string;
}

/** What one process remembers in a way of its own, past `Cache`. */
export type MemoryPattern = Pick<CachePattern, 'key' | 'owner' | 'localMs' | 'negativeMs' | 'invalidatedBy'>;

/** ±10 %, so that what was loaded together does not run out together. */
export function jittered(ms: number): number {
  return Math.round(ms * (0.9 + Math.random() * 0.2));
}
