import { Inject, Injectable } from '@nestjs/common';
import { maxPageText } from '#bus/page-size.js';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { messageColumns, type MessageRow } from '../message.row.js';
import { SendDatabase } from './send.database.js';
import { hashOf, type FlushOutcome, type Outgoing } from './outgoing.js';

const flush = sql('message.flush', 'SELECT * FROM message.flush_messages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)');

const getSent = sql(
  'message.get_sent',
  `SELECT ${messageColumns} FROM (
     SELECT m.*, i.place, sum(octet_length(m.content)) OVER (ORDER BY i.place) - octet_length(m.content) AS text_before
     FROM unnest($2::bigint[]) WITH ORDINALITY i(message_id, place)
     CROSS JOIN LATERAL (SELECT * FROM message.messages WHERE id = i.message_id LIMIT 1) m
     WHERE m.sender_id = $1
   ) m WHERE text_before < ${maxPageText} ORDER BY m.place`,
);

/** Stores messages: one call, one round trip, one commit for a whole crowd (migrations/message/0003). */
@Injectable()
export class SendRepository {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(SendDatabase) private readonly lane: SendDatabase,
  ) {}

  /**
   * Each group is stored all or none; `outcomes[i][j]` answers `groups[i][j]`. Chats that somebody else has locked are
   * 'busy', or with `lockWaitMs` are waited for; UNAVAILABLE when the wait was too long.
   */
  async flush(groups: readonly (readonly Outgoing[])[], lockWaitMs: number | null): Promise<FlushOutcome[][]> {
    const messages = groups.flat();
    // What waits for a lock would keep the others from the lane.
    const database = lockWaitMs === null ? this.lane : this.database;
    const rows = await database.query<FlushOutcome>(flush, [
      messages.map(({ chatId }) => chatId),
      messages.map(({ sender }) => sender.id),
      messages.map(({ content }) => content),
      messages.map(({ key }) => key),
      messages.map(hashOf),
      messages.map(({ parentId }) => parentId),
      messages.map(({ mentions }) => (mentions.userIds.length > 0 ? `{${mentions.userIds.join(',')}}` : null)),
      messages.map(({ mentions }) => mentions.everyone),
      groups.flatMap((group, index) => group.map(() => index)),
      lockWaitMs,
    ]);
    rows.sort((a, b) => a.place - b.place);
    let start = 0;
    return groups.map(({ length }) => rows.slice(start, (start += length)));
  }

  /** Messages that the user has sent, in the order of the ids, no more of them than a page holds. */
  async getSent(userId: number, messageIds: readonly number[]): Promise<MessageRow[]> {
    return this.database.query(getSent, [userId, messageIds]);
  }
}
