import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';

const forget = sql('message.activity_forget', 'DELETE FROM message.chat_activity WHERE minute < $1');

/** When chats were active. */
@Injectable()
export class ActivityRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async forgetBefore(minute: Date): Promise<void> {
    await this.database.query(forget, [minute]);
  }
}
