import { Injectable } from '@nestjs/common';
import { maxPageText } from '#bus/page-size.js';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { presentMember } from '../inbox/present-member.sql.js';
import { messageColumns, type MessageRow } from '../message.row.js';
import { SendDatabase } from './send.database.js';
import { hashOf, type FlushOutcome, type Outgoing } from './outgoing.js';

const flush = sql('message.flush', 'SELECT * FROM message.flush_messages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)');

const flushAlone = sql(
  'message.flush_alone',
  'SELECT * FROM message.flush_message($1, $2, $3, $4, $5) WHERE id IS NOT NULL',
);

const getSent = sql(
  'message.get_sent',
  `SELECT ${messageColumns}, EXISTS (SELECT FROM ${presentMember} WHERE h.chat_id = m.chat_id) AS is_present FROM (
     SELECT m.*, i.place, sum(octet_length(m.content)) OVER (ORDER BY i.place) - octet_length(m.content) AS text_before
     FROM unnest($2::bigint[]) WITH ORDINALITY i(message_id, place)
     CROSS JOIN LATERAL (SELECT * FROM message.messages WHERE id = i.message_id LIMIT 1) m
     WHERE m.sender_id = $1
   ) m WHERE text_before < ${maxPageText} ORDER BY m.place`,
);

type StoredAlone = Pick<FlushOutcome, 'id' | 'seq' | 'ordinal' | 'created_at'>;

/** What a message is that was stored alone and had nothing but a text. */
const plain = {
  place: 1,
  outcome: 'stored',
  parent_id: null,
  reply_count: 0,
  content: null,
  mentions: [],
  edited_at: null,
  deleted_at: null,
} as const;

/** Stores messages: one call, one round trip, one commit for a whole crowd (migrations/message/0003). */
@Injectable()
export class SendRepository {
  constructor(
    private readonly database: Database,
    private readonly lane: SendDatabase,
  ) {}

  /**
   * Each group is stored all or none; `outcomes[i][j]` answers `groups[i][j]`. Chats that somebody else has locked are
   * 'busy', or with `lockWaitMs` are waited for; UNAVAILABLE when the wait was too long.
   */
  async flush(groups: readonly (readonly Outgoing[])[], lockWaitMs: number | null): Promise<FlushOutcome[][]> {
    const messages = groups.flat();
    const [only] = messages;
    if (messages.length === 1 && only !== undefined && lockWaitMs === null && isPlain(only)) {
      const outcome = await this.flushAlone(only);
      if (outcome !== undefined) return [[outcome]];
    }
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

  /** The short cut for a lone plain message (migrations/message/0007); undefined where it has stored nothing. */
  private async flushAlone(message: Outgoing): Promise<FlushOutcome | undefined> {
    const { chatId, sender, content, key } = message;
    const params = [chatId, sender.id, content, key, hashOf(message)];
    const [row] = await this.lane.query<StoredAlone>(flushAlone, params);
    return row === undefined ? undefined : { ...plain, ...row, version: row.seq };
  }

  /**
   * Messages that the user has sent, in the order of the ids, no more of them than a page holds; without what others have
   * done with them where the user is no present member.
   */
  async getSent(userId: number, messageIds: readonly number[]): Promise<MessageRow[]> {
    const rows = await this.database.query<MessageRow & { is_present: boolean }>(getSent, [userId, messageIds]);
    return rows.map((row) => (row.is_present ? row : { ...row, version: row.seq, reply_count: 0, reactions: null }));
  }
}

function isPlain({ parentId, mentions }: Outgoing): boolean {
  return parentId === null && mentions.userIds.length === 0 && !mentions.everyone;
}
