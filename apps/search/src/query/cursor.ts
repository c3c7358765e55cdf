import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RequestOf } from '#contracts/contract.js';
import { invalid } from '#contracts/error.js';
import type { searchRpc } from '#contracts/search.contract.js';
import { decodeCursor, encodeCursor } from '#database/cursor.js';
import { countedExactly, type Found, type Hit, type Place } from '../engine/engine.js';

type Request = RequestOf<typeof searchRpc.messages>;

/** From the year 1 to the last moment that both JavaScript and PostgreSQL can name. */
const Moment = z.int().min(-62_135_596_800_000).max(8_640_000_000_000_000);

/** Cursors are no secret, so anybody may make one up: what is in it must not reach PostgreSQL unless it can be. */
const Position = z.tuple([
  z.number(),
  Moment,
  z.int(),
  z.int().min(0).max(countedExactly),
  z.union([z.literal(0), z.literal(1)]),
  Moment,
]);

/** The search itself and who asks: a cursor goes on with this list and no other. */
export function listOf(userId: number, { query, workspace_id, filters, sort }: Request): string {
  const asked = JSON.stringify([userId, query, workspace_id, filters, sort]);
  return `search.messages ${createHash('sha256').update(asked).digest('base64url')}`;
}

/** Where a cursor of this list goes on; VALIDATION_ERROR for any other. */
export function placeOf(list: string, cursor: string): Place {
  const { data } = Position.safeParse(decodeCursor(list, cursor, 6));
  if (data === undefined) throw invalid('cursor', 'Must be the next_cursor of this very search, unchanged');
  const [score, createdAt, messageId, total, exact, asOf] = data;
  return { score, createdAt, messageId, total, isExact: exact === 1, asOf };
}

/** The cursor behind this hit. */
export function cursorBehind(
  list: string,
  hit: Hit | undefined,
  { total, isExact, isPartial, asOf }: Found,
): string | null {
  if (hit === undefined) return null;
  const exact = isExact && !isPartial ? 1 : 0;
  return encodeCursor(list, [hit.score, hit.created_at.getTime(), hit.message_id, total, exact, asOf]);
}
