import { createHash } from 'node:crypto';
import { invalid } from '#contracts/error.js';

const digestLength = 9;

/** Binds a position to its list. Not a secret: what a cursor opens, the list's own access check decides. */
function digest(list: string, position: string): Buffer {
  return createHash('sha256').update(`${list}\0${position}`).digest().subarray(0, digestLength);
}

/**
 * The opaque cursor of one list: the key of the last row shown. `list` names the list together with everything that
 * selects its rows and their order, so that a cursor of another list is refused.
 */
export function encodeCursor(list: string, position: readonly number[]): string {
  const text = position.join(',');
  return Buffer.concat([digest(list, text), Buffer.from(text)]).toString('base64url');
}

/** The position that a cursor of this list carries, `length` numbers; VALIDATION_ERROR for anything else. */
export function decodeCursor(list: string, cursor: string, length: number): number[] {
  const bytes = Buffer.from(cursor, 'base64url');
  const text = bytes.subarray(digestLength).toString();
  const position = text.split(',').map(Number);
  const genuine = bytes.toString('base64url') === cursor && digest(list, text).equals(bytes.subarray(0, digestLength));
  if (!genuine || position.length !== length || !position.every(Number.isFinite)) {
    throw invalid('cursor', 'Must be the next_cursor of this very list, unchanged');
  }
  return position;
}

/** A page out of the `limit + 1` rows that were asked for: `limit` of them, and the cursor behind the last one. */
export function pageOf<Row>(
  list: string,
  found: readonly Row[],
  limit: number,
  positionOf: (row: Row) => readonly number[],
): { rows: Row[]; next_cursor: string | null; has_more: boolean } {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const next = found.length > limit && last !== undefined ? encodeCursor(list, positionOf(last)) : null;
  return { rows, next_cursor: next, has_more: next !== null };
}
