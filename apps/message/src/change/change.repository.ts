import { Injectable } from '@nestjs/common';
import type { ChatRole } from '#contracts/chat.contract.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { presentMember } from '../inbox/present-member.sql.js';
import type { Mentions } from '../mention/mention.service.js';
import { messageColumns, type MessageRow } from '../message.row.js';

/** A message as one of the chat's members has it. */
export type MemberMessage = MessageRow & { readonly role: ChatRole; readonly is_archived: boolean };

/** What never changes of a message. */
export type Location = Pick<MessageRow, 'chat_id' | 'sender_id'>;

const locate = sql(
  'message.change_locate',
  `SELECT m.chat_id, m.sender_id FROM (SELECT chat_id, sender_id FROM message.messages WHERE id = $2) m, ${presentMember}
   WHERE h.chat_id = m.chat_id`,
);

const get = sql(
  'message.change_get',
  `SELECT a.role, h.is_archived, ${messageColumns}
   FROM (SELECT * FROM message.messages WHERE id = $3 AND chat_id = $2) m, ${presentMember} WHERE h.chat_id = $2`,
);

const edit = sql(
  'message.edit',
  `UPDATE message.messages m SET content = $3, version = $4, edited_at = clock_timestamp(), mentions = ARRAY(
     SELECT u.id FROM unnest($5::bigint[]) WITH ORDINALITY u(id, place) WHERE EXISTS (
       SELECT FROM message.chat_access a WHERE a.chat_id = $1 AND a.user_id = u.id AND a.left_seq IS NULL
     ) ORDER BY u.place
   ) WHERE m.chat_id = $1 AND m.seq = $2 RETURNING ${messageColumns}`,
);

const erase = sql(
  'message.erase',
  `WITH history AS (
     UPDATE message.message_changes SET data = '{}'
     WHERE chat_id = $1 AND message_id = $4 AND type = 'message.updated'
   ), counted AS (
     UPDATE message.chat_heads SET deleted_count = deleted_count + 1 WHERE chat_id = $1
   ), unreacted AS (
     DELETE FROM message.reactions WHERE chat_id = $1 AND message_id = $4
   ), unpinned AS (
     DELETE FROM message.pins WHERE chat_id = $1 AND message_id = $4
   )
   UPDATE message.messages m
   SET content = '', mentions = '{}', reaction_count = 0, version = $3, deleted_at = clock_timestamp()
   WHERE m.chat_id = $1 AND m.seq = $2 RETURNING ${messageColumns}`,
);

const unreply = sql(
  'message.unreply',
  `UPDATE message.messages SET reply_count = greatest(reply_count - 1, 0), version = $3
   WHERE chat_id = $1 AND seq = (SELECT p.seq FROM message.messages p WHERE p.id = $2 LIMIT 1)`,
);

const unmention = sql(
  'message.unmention',
  `WITH named AS (
     DELETE FROM message.mentions WHERE chat_id = $1 AND ordinal = $2 AND user_id = ANY($3::bigint[])
   )
   DELETE FROM message.mentions WHERE chat_id = $1 AND ordinal = $2 AND user_id IS NULL`,
);

const mention = sql(
  'message.mention',
  `INSERT INTO message.mentions (chat_id, message_id, ordinal, user_id)
   SELECT $1, $2, $3, u.id FROM (SELECT unnest($4::bigint[]) AS id UNION ALL SELECT NULL WHERE $5::boolean) u`,
);

/** Edits and deletions. What takes a transaction runs under the lock of the chat's head. */
@Injectable()
export class ChangeRepository {
  constructor(private readonly database: Database) {}

  /** Undefined when the user is not present in the chat of the message. */
  async locate(userId: number, messageId: number): Promise<Location | undefined> {
    const [row] = await this.database.query<Location>(locate, [userId, messageId]);
    return row;
  }

  /** The message and its reader's role; undefined when the user is not present any more. */
  async get(
    transaction: Transaction,
    userId: number,
    chatId: number,
    messageId: number,
  ): Promise<MemberMessage | undefined> {
    const [row] = await transaction.query<MemberMessage>(get, [userId, chatId, messageId]);
    return row;
  }

  /** Replaces text and mentions; of the named users only present members stay. */
  async edit(
    transaction: Transaction,
    message: MessageRow,
    version: number,
    content: string,
    mentions: Mentions,
  ): Promise<MessageRow> {
    const { chat_id, seq, id, ordinal } = message;
    const [row] = await transaction.query<MessageRow>(edit, [chat_id, seq, content, version, mentions.userIds]);
    if (row === undefined) throw new Error(`Message ${id} is gone although its chat is locked`);
    await transaction.query(unmention, [chat_id, ordinal, message.mentions]);
    if (row.mentions.length > 0 || mentions.everyone) {
      await transaction.query(mention, [chat_id, id, ordinal, row.mentions, mentions.everyone]);
    }
    return row;
  }

  /**
   * Leaves a tombstone: text, mentions, reactions, its pin and the texts before its edits are gone. A reply no longer
   * counts for its parent, which has the same version then.
   */
  async erase(transaction: Transaction, message: MessageRow, version: number): Promise<MessageRow> {
    const { chat_id, seq, id, ordinal, parent_id } = message;
    const [row] = await transaction.query<MessageRow>(erase, [chat_id, seq, version, id]);
    if (row === undefined) throw new Error(`Message ${id} is gone although its chat is locked`);
    if (parent_id !== null) await transaction.query(unreply, [chat_id, parent_id, version]);
    await transaction.query(unmention, [chat_id, ordinal, message.mentions]);
    return row;
  }
}
