import { decodeCursor, encodeCursor } from '#database/cursor.js';

/** Where a list of messages goes on, and which way. */
export interface PagePosition {
  readonly forward: boolean;
  readonly seq: number;
}

/** The cursor behind the message at `seq` of a list; `list` names it (libs/database/src/cursor.ts). */
export function cursorAfter(list: string, { forward, seq }: PagePosition): string {
  return encodeCursor(list, [forward ? 1 : 0, seq]);
}

/** VALIDATION_ERROR for a cursor that is not of this list. */
export function positionOf(list: string, cursor: string): PagePosition {
  const [forward, seq = 0] = decodeCursor(list, cursor, 2);
  return { forward: forward === 1, seq };
}

export function listOfChat(chatId: number): string {
  return `message.list ${chatId}`;
}

export function listOfThread(messageId: number): string {
  return `message.thread ${messageId}`;
}
