/** A search as it was understood. */
export type Query =
  | { readonly kind: 'word'; readonly text: string; readonly isPrefix: boolean }
  | { readonly kind: 'phrase'; readonly text: string }
  /** Anywhere inside a word. */
  | { readonly kind: 'part'; readonly text: string }
  | { readonly kind: 'from' | 'in'; readonly name: string }
  | { readonly kind: 'flag'; readonly flag: Flag }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Query[] }
  | { readonly kind: 'not'; readonly query: Query };

/** What a message may have or be. */
export type Flag = 'link' | 'file' | 'reaction' | 'thread' | 'pinned' | 'reply';

/** A query, and the time within which messages were sent: from `from` until before `to`, epoch milliseconds. */
export interface ParsedQuery {
  /** Nothing where the text holds nothing to look for. */
  readonly query: Query | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** What is wrong with a query, and where: counted in UTF-16 units from 0. */
export class QueryError extends Error {
  constructor(
    readonly at: number,
    readonly reason: string,
  ) {
    super(`At ${at + 1}: ${reason}`);
  }
}
