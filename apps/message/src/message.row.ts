import type { Message } from '#contracts/message.contract.js';
import type { User } from '#contracts/user.contract.js';

/** A row of `message.messages` as the statements of this service select it. */
export interface MessageRow {
  readonly chat_id: number;
  readonly seq: number;
  readonly id: number;
  readonly ordinal: number;
  readonly version: number;
  readonly sender_id: number;
  readonly parent_id: number | null;
  readonly reply_count: number;
  readonly content: string;
  readonly mentions: readonly number[];
  readonly idempotency_key: string | null;
  readonly edited_at: Date | null;
  readonly deleted_at: Date | null;
  readonly created_at: Date;
}

/** The columns of MessageRow, of a table or subquery that the statement calls `m`. */
export const messageColumns =
  'm.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, ' +
  'm.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at';

/** The message that clients see. A deleted one is its tombstone, whatever the row still holds. */
export function toMessage(row: MessageRow, sender: User): Message {
  const deleted = row.deleted_at !== null;
  return {
    id: row.id,
    chat_id: row.chat_id,
    seq: row.seq,
    ordinal: row.ordinal,
    version: row.version,
    sender_id: row.sender_id,
    sender,
    content: deleted ? '' : row.content,
    parent_id: row.parent_id,
    reply_count: row.reply_count,
    mentions: deleted ? [] : [...row.mentions],
    reactions: [],
    idempotency_key: row.idempotency_key,
    edited_at: row.edited_at?.toISOString() ?? null,
    deleted_at: row.deleted_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: (row.deleted_at ?? row.edited_at ?? row.created_at).toISOString(),
  };
}
