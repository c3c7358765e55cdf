import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';

/** How far a generation of the index has come, in entries of all logs. */
export interface BuildProgress {
  readonly done: number;
  readonly all: number;
}

/** What one piece of a chat's log and its index differ in, and where the next piece begins. */
export interface Piece {
  readonly chat_id: number;
  /** The end of the log, and how far the index has read it. */
  readonly head: number;
  readonly position: number;
  readonly messages: number;
  readonly missing: number;
  readonly surplus: number;
  readonly different: number;
  readonly last_seq: number | null;
  readonly last_id: number | null;
}

/** How many messages of a chat are compared at once. */
export const pieceLength = 5_000;

const progress = sql(
  'search.build_progress',
  `SELECT coalesce(sum(h.last_seq), 0)::float8 AS all, coalesce(sum(least(coalesce(p.seq, 0), h.last_seq)), 0)::float8 AS done
   FROM message.chat_heads h LEFT JOIN search.positions p ON p.generation = $1 AND p.chat_id = h.chat_id`,
);

const chatsAfter = sql(
  'search.chats_after',
  'SELECT chat_id FROM message.chat_heads WHERE chat_id > $1 ORDER BY chat_id LIMIT 1000',
);

/**
 * What came after the position of the chat is not compared. A pin has no version, so pins are compared where the whole
 * log is indexed. The last piece has everything behind the piece before it.
 */
const compare = sql(
  'search.compare',
  `WITH head AS (
     SELECT h.chat_id, h.last_seq AS head, h.is_deleted, coalesce(p.seq, 0) AS position, h.last_seq = p.seq AS is_at_end
     FROM message.chat_heads h LEFT JOIN search.positions p ON p.generation = $1 AND p.chat_id = h.chat_id
     WHERE h.chat_id = $2
   ), piece AS (
     SELECT m.seq, m.id, m.sender_id, m.created_at, m.content, m.version, m.reply_count, m.reaction_count,
       m.deleted_at IS NULL AS is_there FROM message.messages m
     WHERE m.chat_id = $2 AND m.seq > $3 ORDER BY m.seq LIMIT ${pieceLength}
   ), ends AS (
     SELECT count(*) AS messages, max(seq) AS last_seq, max(id) AS last_id FROM piece
   ), indexed AS (
     SELECT d.* FROM search.indexed_messages d, ends e WHERE d.generation = $1 AND d.chat_id = $2 AND d.message_id > $4
       AND d.message_id <= CASE WHEN e.messages < ${pieceLength} THEN 9223372036854775807 ELSE e.last_id END
   ), pairs AS (
     SELECT i.message_id IS NOT NULL AS is_indexed, m.is_there AND NOT h.is_deleted AS is_wanted,
       (m.seq, m.sender_id, m.created_at, m.content, m.reply_count, m.reaction_count,
         EXISTS (SELECT FROM message.pins p WHERE p.chat_id = $2 AND p.message_id = m.id) OR NOT h.is_at_end)
       IS NOT DISTINCT FROM (i.seq, i.sender_id, i.created_at, i.content, i.replies, i.reactions,
         i.is_pinned OR NOT h.is_at_end) AS is_same
     FROM piece m FULL JOIN indexed i ON i.message_id = m.id CROSS JOIN head h
     WHERE (m.version IS NULL OR m.version <= h.position) AND (NOT h.is_deleted OR h.is_at_end)
   )
   SELECT h.chat_id, h.head, h.position, e.*, d.* FROM head h CROSS JOIN ends e CROSS JOIN (
     SELECT count(*) FILTER (WHERE is_wanted AND NOT is_indexed) AS missing,
       count(*) FILTER (WHERE is_indexed AND is_wanted IS NOT TRUE) AS surplus,
       count(*) FILTER (WHERE is_indexed AND is_wanted AND NOT is_same) AS different FROM pairs
   ) d`,
);

/** The index of search beside the log of message: only for those who may read both. */
export class IndexStateRepository {
  constructor(private readonly database: Database) {}

  async progress(generation: number): Promise<BuildProgress> {
    const [row] = await this.database.query<BuildProgress>(progress, [generation]);
    return row ?? { done: 0, all: 0 };
  }

  /** Some ids of chats, in their order. */
  async chatsAfter(chatId: number): Promise<number[]> {
    return (await this.database.query<{ chat_id: number }>(chatsAfter, [chatId])).map(({ chat_id }) => chat_id);
  }

  /** Compares the messages of a chat from behind the one with this seq and id. Undefined where the chat is gone. */
  async compare(generation: number, chatId: number, afterSeq: number, afterId: number): Promise<Piece | undefined> {
    const [piece] = await this.database.query<Piece>(compare, [generation, chatId, afterSeq, afterId]);
    return piece;
  }
}
