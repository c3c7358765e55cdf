import type { Message, Reaction } from '#contracts/message.contract.js';
import { mostNamed } from '#contracts/reaction.contract.js';
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
  /** Null where there are none. */
  readonly reactions: readonly Reaction[] | null;
  readonly idempotency_key: string | null;
  readonly edited_at: Date | null;
  readonly deleted_at: Date | null;
  readonly created_at: Date;
}

const reactions = `CASE WHEN m.reaction_count > 0 THEN (
    SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
    FROM (
      SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
        (array_agg(r.user_id ORDER BY r.seq))[1:${mostNamed}] AS user_ids
      FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
    ) e
  ) END AS reactions`;

/** The columns of MessageRow, of the table, or of a subquery with all its columns, that the statement calls `m`. */
export const messageColumns =
  'm.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, ' +
  `m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, ${reactions}`;

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
    reactions: deleted ? [] : [...(row.reactions ?? [])],
    idempotency_key: row.idempotency_key,
    edited_at: row.edited_at?.toISOString() ?? null,
    deleted_at: row.deleted_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: (row.deleted_at ?? row.edited_at ?? row.created_at).toISOString(),
  };
}
