import { Injectable } from '@nestjs/common';
import { maxPageText } from '#bus/page-size.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { presentMember } from '../inbox/present-member.sql.js';
import { messageColumns, type MessageRow } from '../message.row.js';

/** A pinned message; `pin_seq` is the entry of the log with which it was pinned. */
export type PinRow = MessageRow & { readonly pin_seq: number; readonly pinned_by: number; readonly pinned_at: Date };

/** Pins of a chat from one snapshot, as many as asked for or as fit; `found` is how many there were to choose from. */
export interface PinSlice {
  readonly rows: readonly PinRow[];
  readonly found: number;
  readonly asOfSeq: number;
}

const state = sql(
  'message.pin_state',
  `SELECT count(*) AS pin_count, coalesce(bool_or(message_id = $2), false) AS is_pinned
   FROM message.pins WHERE chat_id = $1`,
);

const add = sql(
  'message.pin_add',
  `INSERT INTO message.pins (chat_id, message_id, user_id, seq, created_at)
   VALUES ($1, $2, $3, $4, clock_timestamp()) RETURNING created_at`,
);

const remove = sql(
  'message.pin_remove',
  'DELETE FROM message.pins WHERE chat_id = $1 AND message_id = $2 RETURNING message_id',
);

const list = sql(
  'message.pin_list',
  `SELECT head.as_of_seq, l.* FROM (SELECT h.last_seq AS as_of_seq FROM ${presentMember} WHERE h.chat_id = $2) head
   LEFT JOIN LATERAL (
     SELECT * FROM (
       SELECT ${messageColumns}, p.seq AS pin_seq, p.user_id AS pinned_by, p.created_at AS pinned_at,
         count(*) OVER () AS found,
         sum(octet_length(m.content)) OVER (ORDER BY p.seq DESC) - octet_length(m.content) AS text_before
       FROM (SELECT * FROM message.pins WHERE chat_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4) p
       CROSS JOIN LATERAL (SELECT * FROM message.messages WHERE id = p.message_id LIMIT 1) m
     ) counted WHERE text_before < ${maxPageText}
   ) l ON true ORDER BY l.pin_seq DESC`,
);

/** What is pinned in a chat. Changes run under the lock of the chat's head. */
@Injectable()
export class PinRepository {
  constructor(private readonly database: Database) {}

  /** How many pins the chat has and whether the message is among them. */
  async state(transaction: Transaction, message: MessageRow): Promise<{ pin_count: number; is_pinned: boolean }> {
    const [row] = await transaction.query<{ pin_count: number; is_pinned: boolean }>(state, [
      message.chat_id,
      message.id,
    ]);
    return row ?? { pin_count: 0, is_pinned: false };
  }

  /** Answers when that was. */
  async add(transaction: Transaction, message: MessageRow, userId: number, seq: number): Promise<Date | undefined> {
    const [row] = await transaction.query<{ created_at: Date }>(add, [message.chat_id, message.id, userId, seq]);
    return row?.created_at;
  }

  /** False when it was not pinned. */
  async remove(transaction: Transaction, message: MessageRow): Promise<boolean> {
    return (await transaction.query(remove, [message.chat_id, message.id])).length > 0;
  }

  /** The last pinned first, those that were pinned before entry `seq`; undefined without access. */
  async list(userId: number, chatId: number, seq: number, limit: number): Promise<PinSlice | undefined> {
    const rows = await this.database.query<{ as_of_seq: number; found: number | null } & (PinRow | { seq: null })>(
      list,
      [userId, chatId, seq, limit],
    );
    if (rows[0] === undefined) return undefined;
    const { as_of_seq, found } = rows[0];
    return { rows: rows.flatMap((row) => (row.seq === null ? [] : row)), found: found ?? 0, asOfSeq: as_of_seq };
  }
}
