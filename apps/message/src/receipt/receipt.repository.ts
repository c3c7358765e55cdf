import { Injectable } from '@nestjs/common';
import type { DeliveryMark, Receipt } from '#contracts/receipt.contract.js';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { presentMember } from '../inbox/present-member.sql.js';

const list = sql(
  'message.receipt_list',
  `SELECT l.* FROM (SELECT h.chat_id, h.workspace_id FROM ${presentMember} WHERE h.chat_id = $2) head
   LEFT JOIN LATERAL (
     SELECT a.user_id, s.delivered_seq, s.read_seq
     FROM message.chat_access a
     CROSS JOIN LATERAL (
       SELECT r.delivered_seq, r.read_seq FROM message.message_status r
       WHERE r.user_id = a.user_id AND r.chat_id = a.chat_id OFFSET 0
     ) s
     WHERE a.chat_id = $2 AND a.user_id > $3 AND a.left_seq IS NULL AND NOT EXISTS (
       SELECT FROM message.workspace_denials d WHERE d.workspace_id = head.workspace_id AND d.user_id = a.user_id
     ) ORDER BY a.user_id LIMIT $4
   ) l ON true ORDER BY l.user_id`,
);

/**
 * A flush holds rows of many users and chats until its commit. So this takes only what nobody has locked: otherwise
 * the two could wait for each other.
 */
const deliver = sql(
  'message.deliver',
  `WITH due AS MATERIALIZED (
     SELECT d.user_id, d.chat_id, h.seq
     FROM (
       SELECT m.user_id, m.chat_id, max(m.seq) AS seq
       FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) m(user_id, chat_id, seq) GROUP BY m.user_id, m.chat_id
     ) d
     CROSS JOIN LATERAL (
       SELECT least(d.seq, h.last_seq) AS seq FROM message.chat_heads h
       WHERE h.chat_id = d.chat_id AND NOT h.is_deleted AND EXISTS (
         SELECT FROM message.chat_access a WHERE a.chat_id = d.chat_id AND a.user_id = d.user_id AND a.left_seq IS NULL
       ) AND NOT EXISTS (
         SELECT FROM message.workspace_denials w WHERE w.workspace_id = h.workspace_id AND w.user_id = d.user_id
       ) OFFSET 0
     ) h
     CROSS JOIN LATERAL (
       SELECT FROM message.message_status r
       WHERE r.user_id = d.user_id AND r.chat_id = d.chat_id AND r.delivered_seq < h.seq OFFSET 0
     ) behind
   ), free AS MATERIALIZED (
     SELECT d.* FROM due d CROSS JOIN LATERAL (
       SELECT FROM message.message_status r WHERE r.user_id = d.user_id AND r.chat_id = d.chat_id
       FOR UPDATE SKIP LOCKED
     ) r
   ), moved AS (
     UPDATE message.message_status r SET delivered_seq = f.seq FROM free f
     WHERE r.user_id = f.user_id AND r.chat_id = f.chat_id AND r.delivered_seq < f.seq
   )
   SELECT d.user_id, d.chat_id, d.seq FROM due d EXCEPT ALL SELECT f.user_id, f.chat_id, f.seq FROM free f`,
);

/** Delivered and read positions of the members of chats. */
@Injectable()
export class ReceiptRepository {
  constructor(private readonly database: Database) {}

  /** Of present members with ids after `afterUserId`, in their order; undefined without access. */
  async list(userId: number, chatId: number, afterUserId: number, limit: number): Promise<Receipt[] | undefined> {
    const params = [userId, chatId, afterUserId, limit];
    const rows = await this.database.query<Receipt | { user_id: null }>(list, params);
    return rows.length === 0 ? undefined : rows.flatMap((row) => (row.user_id === null ? [] : row));
  }

  /** Moves delivered positions of present members forward; answers those that somebody else has locked. */
  async deliver(marks: readonly DeliveryMark[]): Promise<DeliveryMark[]> {
    return this.database.query(deliver, [
      marks.map((mark) => mark.user_id),
      marks.map((mark) => mark.chat_id),
      marks.map((mark) => mark.seq),
    ]);
  }
}
