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
  /** The index has not read the log to its end: then nothing is compared. */
  readonly is_behind: boolean;
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
  `SELECT coalesce(sum(h.last_seq), 0)::float8 AS all, coalesce(sum(least(p.seq, h.last_seq)), 0)::float8 AS done
   FROM message.chat_heads h LEFT JOIN search.positions p ON p.generation = $1 AND p.chat_id = h.chat_id`,
);

const chatsAfter = sql(
  'search.chats_after',
  'SELECT chat_id FROM message.chat_heads WHERE chat_id > $1 ORDER BY chat_id LIMIT 1000',
);

const compare = sql(
  'search.compare',
  `WITH piece AS (
     SELECT seq, id, sender_id, created_at, content, deleted_at FROM message.messages
     WHERE chat_id = $2 AND seq > $3 ORDER BY seq LIMIT ${pieceLength}
   ), ends AS (
     SELECT count(*) AS messages, max(seq) AS last_seq, max(id) AS last_id FROM piece
   ), wanted AS (
     SELECT p.* FROM piece p JOIN message.chat_heads h ON h.chat_id = $2 AND NOT h.is_deleted WHERE p.deleted_at IS NULL
   ), indexed AS (
     SELECT d.* FROM search.indexed_messages d, ends e WHERE d.generation = $1 AND d.chat_id = $2 AND d.message_id > $4
       AND (d.message_id <= e.last_id OR e.messages < ${pieceLength})
   )
   SELECT h.chat_id, h.last_seq <> coalesce(p.seq, 0) AS is_behind, e.messages, e.last_seq, e.last_id,
     d.missing, d.surplus, d.different
   FROM message.chat_heads h CROSS JOIN ends e LEFT JOIN search.positions p ON p.generation = $1 AND p.chat_id = h.chat_id
   CROSS JOIN (
     SELECT count(*) FILTER (WHERE i.message_id IS NULL) AS missing, count(*) FILTER (WHERE w.id IS NULL) AS surplus,
       count(*) FILTER (WHERE (w.seq, w.sender_id, w.created_at, w.content)
         IS DISTINCT FROM (i.seq, i.sender_id, i.created_at, i.content) AND w.id IS NOT NULL AND i.message_id IS NOT NULL)
         AS different
     FROM wanted w FULL JOIN indexed i ON i.message_id = w.id
   ) d WHERE h.chat_id = $2`,
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
