import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';

const forget = sql('message.activity_forget', 'DELETE FROM message.chat_activity WHERE minute < $1');

const popular = sql(
  'message.popular_chats',
  `SELECT chat_id FROM message.chat_activity WHERE minute >= now() - interval '1 hour'
   GROUP BY chat_id ORDER BY count(*) DESC, chat_id LIMIT $1`,
);

/** When chats were active. */
@Injectable()
export class ActivityRepository {
  constructor(private readonly database: Database) {}

  /** Chats that had something in most minutes of the last hour. */
  async popularChats(limit: number): Promise<number[]> {
    const rows = await this.database.query<{ chat_id: number }>(popular, [limit]);
    return rows.map(({ chat_id }) => chat_id);
  }

  async forgetBefore(minute: Date): Promise<void> {
    await this.database.query(forget, [minute]);
  }
}
