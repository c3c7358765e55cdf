import { Injectable } from '@nestjs/common';
import type { Head } from '#contracts/log.contract.js';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';

const recentHeads = sql(
  'message.recent_heads',
  `SELECT h.chat_id, h.last_seq FROM (
     SELECT DISTINCT chat_id FROM message.chat_activity
     WHERE minute >= date_trunc('minute', now()) - interval '3 minutes'
   ) a CROSS JOIN LATERAL (SELECT * FROM message.chat_heads WHERE chat_id = a.chat_id OFFSET 0) h
   ORDER BY h.chat_id`,
);

const allHeads = sql(
  'message.all_heads',
  'SELECT chat_id, last_seq FROM message.chat_heads WHERE chat_id > $1 ORDER BY chat_id LIMIT $2',
);

const inboxVersions = sql(
  'message.inbox_versions',
  `SELECT u.user_id, coalesce(i.version, 0) AS version FROM unnest($1::bigint[]) u(user_id)
   LEFT JOIN message.inbox_heads i ON i.user_id = u.user_id`,
);

/** Where logs and inboxes stand, for comparing. */
@Injectable()
export class HeadRepository {
  constructor(private readonly database: Database) {}

  /** Chats with entries in the last three minutes, by id. */
  async recent(): Promise<Head[]> {
    return this.database.query(recentHeads);
  }

  /** At most `limit` chats above that id, by id. */
  async after(chatId: number, limit: number): Promise<Head[]> {
    return this.database.query(allHeads, [chatId, limit]);
  }

  /** 0 for users of whom nothing is known. */
  async inboxVersions(userIds: readonly number[]): Promise<{ user_id: number; version: number }[]> {
    return this.database.query(inboxVersions, [userIds]);
  }
}
