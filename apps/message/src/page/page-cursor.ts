import { decodeCursor, encodeCursor } from '#database/cursor.js';

/** Where a list of messages goes on, and which way. */
export interface PagePosition {
  readonly forward: boolean;
  readonly seq: number;
}

/** The cursor behind the message at `seq`. */
export function cursorAfter(chatId: number, { forward, seq }: PagePosition): string {
  return encodeCursor(listOf(chatId), [forward ? 1 : 0, seq]);
}

/** VALIDATION_ERROR for a cursor that is not of this chat's list. */
export function positionOf(chatId: number, cursor: string): PagePosition {
  const [forward, seq = 0] = decodeCursor(listOf(chatId), cursor, 2);
  return { forward: forward === 1, seq };
}

function listOf(chatId: number): string {
  return `message.list ${chatId}`;
}
