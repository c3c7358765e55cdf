import { Injectable } from '@nestjs/common';
import type { Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { messageColumns, type MessageRow } from '../message.row.js';

const add = sql(
  'message.reaction_add',
  `INSERT INTO message.reactions (chat_id, message_id, emoji, user_id, seq, emoji_seq)
   SELECT $1, $2, $3, $4, $5, coalesce((
     SELECT r.emoji_seq FROM message.reactions r WHERE r.chat_id = $1 AND r.message_id = $2 AND r.emoji = $3 LIMIT 1
   ), $5) ON CONFLICT DO NOTHING RETURNING emoji`,
);

const remove = sql(
  'message.reaction_remove',
  `DELETE FROM message.reactions WHERE chat_id = $1 AND message_id = $2 AND emoji = $3 AND user_id = $4
   RETURNING emoji`,
);

/** A statement of its own, so that its snapshot has the reaction that was added or removed before it. */
const count = sql(
  'message.reaction_count',
  `UPDATE message.messages m SET reaction_count = m.reaction_count + $4, version = $3
   WHERE m.chat_id = $1 AND m.seq = $2 RETURNING ${messageColumns}`,
);

/** Reactions to messages, written under the lock of the chat's head. */
@Injectable()
export class ReactionRepository {
  /** The message with the reaction and the version `seq`; undefined when the user has reacted so already. */
  async add(
    transaction: Transaction,
    message: MessageRow,
    userId: number,
    emoji: string,
    seq: number,
  ): Promise<MessageRow | undefined> {
    const added = await transaction.query(add, [message.chat_id, message.id, emoji, userId, seq]);
    return added.length === 0 ? undefined : this.count(transaction, message, seq, 1);
  }

  /** The message without the reaction and with the version `seq`; undefined when there is no such reaction. */
  async remove(
    transaction: Transaction,
    message: MessageRow,
    userId: number,
    emoji: string,
    seq: number,
  ): Promise<MessageRow | undefined> {
    const removed = await transaction.query(remove, [message.chat_id, message.id, emoji, userId]);
    return removed.length === 0 ? undefined : this.count(transaction, message, seq, -1);
  }

  private async count(transaction: Transaction, message: MessageRow, seq: number, by: 1 | -1): Promise<MessageRow> {
    const [row] = await transaction.query<MessageRow>(count, [message.chat_id, message.seq, seq, by]);
    if (row === undefined) throw new Error(`Message ${message.id} is gone although its chat is locked`);
    return row;
  }
}
