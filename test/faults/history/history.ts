/**
 * What clients did and saw, and what was stored in the end. All times are of one monotonic clock (`performance.now()` of
 * the one process that recorded them), in milliseconds.
 */
export interface History {
  readonly operations: readonly Operation[];
  readonly rows: readonly Row[];
  readonly views: readonly View[];
  readonly reads: readonly Read[];
}

/** A change that a client asked for. Repeats under one key are one operation: the first call, the first answer. */
export interface Operation {
  readonly chat: number;
  /** Unique in its chat, and found again in what was stored. */
  readonly key: string;
  readonly content: string;
  readonly invoked: number;
  readonly outcome: Outcome;
}

/** `info` is not known: it may have happened, or may yet, at any time after it was asked for. */
export type Outcome =
  | { readonly type: 'ok'; readonly ended: number; /** Where the answer said that it is. */ readonly seq?: number }
  | { readonly type: 'fail' }
  | { readonly type: 'info' };

/** An entry of a chat's log at the end. */
export interface Row {
  readonly chat: number;
  readonly seq: number;
  /** Undefined where the log does not tell: no operation of a client, or overwritten by a later one. */
  readonly key?: string | undefined;
  readonly content?: string | undefined;
}

/** What one client applied of a chat, in its order. */
export interface View {
  readonly client: string;
  readonly chat: number;
  /** The position with which it began: nothing up to there is for it. */
  readonly base: number;
  /** When the client's user was a member, in rising order. */
  readonly stays: readonly Stay[];
  readonly applied: readonly Applied[];
  /** What the client was told that it does not get, as when its user has left before it could fetch it. */
  readonly forgone?: readonly { readonly first: number; readonly last: number }[];
}

/** From entry `first` to entry `last`, both included; without `last` it goes on. */
export interface Stay {
  readonly first: number;
  readonly last?: number;
}

/** An entry as it came: with the content that entry `version` has written. */
export interface Applied {
  readonly seq: number;
  readonly version: number;
  readonly content: string;
  readonly at: number;
}

/** Somebody looked at the end of a chat's log, and `last` was the highest seq that they were shown. */
export interface Read {
  readonly client: string;
  readonly chat: number;
  readonly invoked: number;
  readonly ended: number;
  readonly last: number;
}

export const anomalies = [
  ...(['lost-ack', 'ack-mismatch', 'duplicate-store', 'seq-gap', 'seq-collision', 'phantom'] as const),
  ...(['failed-but-stored', 'corrupt', 'realtime-order', 'view-disagrees', 'seen-before-sent'] as const),
  ...(['gap-applied', 'dup-applied', 'reordered', 'not-converged', 'seen-after-removal'] as const),
  ...(['stale-read', 'non-monotonic-read'] as const),
];
export type Anomaly = (typeof anomalies)[number];

/** One breach of what is promised, and where. */
export interface Finding {
  readonly anomaly: Anomaly;
  readonly chat: number;
  readonly seq?: number | undefined;
  readonly client?: string;
  readonly key?: string;
}
