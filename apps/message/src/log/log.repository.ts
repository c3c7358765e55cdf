import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { presentMember } from '../inbox/present-member.sql.js';
import { messageColumns, type MessageRow } from '../message.row.js';
import { maxPageText } from '#bus/page-size.js';
import { firstWithEpoch } from './epoch.js';
import type { ChangeRow, MessageEntryType } from './log-entry.js';

/** An hour less than the day after which the activity of chats is forgotten. */
const rememberedMs = 23 * 3_600_000;

/** Where a log stood in the snapshot of its rows. */
interface Position {
  readonly last_seq: number;
  readonly epoch: number | null;
}

/** A place of the log: a message that was created, edited or deleted there, or another change. */
export type LogRow = Position &
  (
    | (MessageRow & { entry_seq: number; entry_type: MessageEntryType })
    | { entry_seq: number; entry_type: null; change: Omit<ChangeRow, 'created_at'>; changed_at: Date }
    | { entry_seq: null }
  );

/**
 * The places after `$2` of chat `$1`, at most `$3` and no more than `maxPageText` holds; one row without a place when
 * there is none. `head` yields `last_seq` and the rows it yields decide whether there is an answer.
 */
function logOf(name: string, head: string) {
  const range = 'chat_id = $1 AND seq > $2 AND seq <= $2::bigint + $3::bigint';
  return sql(
    name,
    `SELECT head.last_seq, (SELECT epoch FROM message.log_epoch) AS epoch, e.* FROM (${head}) head
     LEFT JOIN LATERAL (
       SELECT * FROM (
         SELECT m.*, sum(size) OVER (ORDER BY entry_seq) - size AS text_before FROM (
           SELECT m.seq AS entry_seq, 'message.created' AS entry_type, NULL::jsonb AS change,
             NULL::timestamptz AS changed_at, octet_length(m.content) AS size, ${messageColumns}
           FROM (SELECT * FROM message.messages WHERE ${range}) m
           UNION ALL
           SELECT c.seq, CASE WHEN c.has_message THEN c.type END,
             CASE WHEN NOT c.has_message THEN jsonb_build_object(
               'chat_id', c.chat_id, 'seq', c.seq, 'type', c.type, 'actor_id', c.actor_id, 'data', c.data) END,
             c.created_at, coalesce(octet_length(m.content), pg_column_size(c.data)), ${messageColumns}
           FROM (
             SELECT *, type IN ('message.updated', 'message.deleted') AS has_message
             FROM message.message_changes WHERE ${range}
           ) c
           LEFT JOIN LATERAL (SELECT * FROM message.messages WHERE c.has_message AND id = c.message_id LIMIT 1) m ON true
         ) m
       ) sized WHERE text_before < ${maxPageText}
     ) e ON true ORDER BY e.entry_seq`,
  );
}

const readLog = logOf(
  'message.log_read',
  `SELECT h.last_seq FROM ${presentMember.replaceAll('$1', '$4')} WHERE h.chat_id = $1`,
);
const followLog = logOf(
  'message.log_follow',
  'SELECT coalesce((SELECT h.last_seq FROM message.chat_heads h WHERE h.chat_id = $1), 0) AS last_seq',
);

const changedSince = sql(
  'message.changed_since',
  `SELECT h.chat_id, greatest(c.first_seq, a.joined_seq) - 1 AS after
   FROM ${presentMember}
   CROSS JOIN LATERAL (
     SELECT first_seq FROM message.chat_activity
     WHERE chat_id = h.chat_id AND minute >= date_trunc('minute', $2::timestamptz) ORDER BY minute LIMIT 1
   ) c`,
);

const everyChat = sql('message.changed_ever', `SELECT h.chat_id, a.joined_seq - 1 AS after FROM ${presentMember}`);

const epoch = sql('message.epoch', 'SELECT epoch FROM message.log_epoch');

/** Reads of the logs. */
@Injectable()
export class LogRepository {
  constructor(private readonly database: Database) {}

  /** Rows in the order of the log, at least one; none when the user is not present in the chat. */
  async read(userId: number, chatId: number, after: number, limit: number): Promise<LogRow[]> {
    return this.database.query(readLog, [chatId, after, limit, userId]);
  }

  /** Rows in the order of the log, at least one. */
  async follow(chatId: number, after: number, limit: number): Promise<LogRow[]> {
    return this.database.query(followLog, [chatId, after, limit]);
  }

  async epoch(): Promise<number> {
    return firstWithEpoch(await this.database.query<{ epoch: number }>(epoch)).epoch;
  }

  /**
   * For each chat of the user with entries since that minute: the seq before the first of them in this stay. Further
   * back than activity is remembered every chat may have changed, from the beginning of the stay.
   */
  async changedSince(userId: number, since: Date): Promise<{ chat_id: number; after: number }[]> {
    if (since.getTime() < Date.now() - rememberedMs) return this.database.query(everyChat, [userId]);
    return this.database.query(changedSince, [userId, since]);
  }
}
