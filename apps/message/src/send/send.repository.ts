import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { hashOf, type FlushOutcome, type Outgoing } from './outgoing.js';

const flush = sql('message.flush', 'SELECT * FROM message.flush_messages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)');

/** Stores messages: one call, one round trip, one commit for a whole crowd (migrations/message/0003). */
@Injectable()
export class SendRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /**
   * `outcomes[i]` answers `messages[i]`. Chats that somebody else has locked are 'busy', or with `lockWaitMs` are
   * waited for; UNAVAILABLE when the wait was too long.
   */
  async flush(messages: readonly Outgoing[], lockWaitMs: number | null): Promise<FlushOutcome[]> {
    const rows = await this.database.query<FlushOutcome>(flush, [
      messages.map(({ chatId }) => chatId),
      messages.map(({ sender }) => sender.id),
      messages.map(({ content }) => content),
      messages.map(({ key }) => key),
      messages.map(hashOf),
      messages.map(({ parentId }) => parentId),
      messages.map(({ mentions }) => (mentions.userIds.length > 0 ? `{${mentions.userIds.join(',')}}` : null)),
      messages.map(({ mentions }) => mentions.everyone),
      messages.map((_, index) => index),
      lockWaitMs,
    ]);
    return rows.sort((a, b) => a.place - b.place);
  }
}
