import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { presentReader, unreadCount } from '../inbox/present-member.sql.js';

/** How far a user has read a chat. */
export interface ReadPosition {
  readonly read_seq: number;
  readonly unread_count: number;
}

/** What became of an advance: the version of the user's inbox that has it, null when the position has not moved. */
interface Advance {
  readonly version: number | null;
}

const advance = sql(
  'message.read_advance',
  `WITH target AS (
     SELECT h.chat_id, least($3::bigint, h.last_seq) AS seq FROM ${presentReader} WHERE h.chat_id = $2
   ), moved AS (
     UPDATE message.message_status s SET
       delivered_seq = greatest(s.delivered_seq, t.seq),
       read_seq = t.seq,
       read_count = coalesce((
         SELECT m.ordinal FROM message.messages m
         WHERE m.chat_id = t.chat_id AND m.seq <= t.seq ORDER BY m.seq DESC LIMIT 1
       ), 0)
     FROM target t WHERE s.user_id = $1 AND s.chat_id = t.chat_id AND s.read_seq < t.seq
     RETURNING s.user_id
   ), raised AS (
     INSERT INTO message.inbox_heads AS i (user_id, version) SELECT user_id, 1 FROM moved
     ON CONFLICT (user_id) DO UPDATE SET version = i.version + 1 RETURNING i.version
   )
   SELECT (SELECT version FROM raised) AS version FROM target`,
);

const position = sql(
  'message.read_position',
  `SELECT r.read_seq, ${unreadCount} AS unread_count FROM ${presentReader} WHERE h.chat_id = $2`,
);

/** Read positions of present members. */
@Injectable()
export class ReadRepository {
  constructor(private readonly database: Database) {}

  /** Moves the position up to `seq` or the end of the log, never back. Undefined without access. */
  async advance(userId: number, chatId: number, seq: number): Promise<Advance | undefined> {
    const [row] = await this.database.query<Advance>(advance, [userId, chatId, seq]);
    return row;
  }

  /** Undefined without access. */
  async position(userId: number, chatId: number): Promise<ReadPosition | undefined> {
    const [row] = await this.database.query<ReadPosition>(position, [userId, chatId]);
    return row;
  }
}
