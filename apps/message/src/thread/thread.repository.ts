import { Injectable } from '@nestjs/common';
import { maxPageText } from '#bus/page-size.js';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { presentMember } from '../inbox/present-member.sql.js';
import { messageColumns, type MessageRow } from '../message.row.js';

/** Replies in one direction from a position, as many as asked for or as fit. */
export interface Replies {
  readonly rows: readonly MessageRow[];
  /** How many there were to choose from. */
  readonly found: number;
  /** The chat's last seq in the snapshot of the rows. */
  readonly asOfSeq: number;
}

type ReplyRow = { as_of_seq: number; found: number | null } & (MessageRow | { seq: null });

/** At most `$4` replies to message `$2` on one side of seq `$3`, and no more of them than `maxPageText` holds. */
function replies(name: string, comparison: '<' | '>', order: 'ASC' | 'DESC') {
  return sql(
    name,
    `SELECT parent.as_of_seq, p.* FROM (
       SELECT m.chat_id, m.id, head.as_of_seq
       FROM (SELECT chat_id, id FROM message.messages WHERE id = $2 LIMIT 1) m
       CROSS JOIN LATERAL (
         SELECT h.last_seq AS as_of_seq FROM ${presentMember} WHERE h.chat_id = m.chat_id OFFSET 0
       ) head
     ) parent
     LEFT JOIN LATERAL (
       SELECT * FROM (
         SELECT ${messageColumns}, count(*) OVER () AS found,
           sum(octet_length(m.content)) OVER (ORDER BY m.seq ${order}) - octet_length(m.content) AS text_before
         FROM (
           SELECT * FROM message.messages
           WHERE chat_id = parent.chat_id AND parent_id = parent.id AND seq ${comparison} $3
           ORDER BY seq ${order} LIMIT $4
         ) m
       ) counted WHERE text_before < ${maxPageText}
     ) p ON true`,
  );
}

const repliesBefore = replies('message.replies_before', '<', 'DESC');
const repliesAfter = replies('message.replies_after', '>', 'ASC');

/** Reads of threads. They yield nothing to users who are not present in the chat. */
@Injectable()
export class ThreadRepository {
  constructor(private readonly database: Database) {}

  /** Newest first, below `seq`; undefined without access. */
  async before(userId: number, messageId: number, seq: number, limit: number): Promise<Replies | undefined> {
    return repliesOf(
      await this.database.query(repliesBefore, [userId, messageId, seq, limit]),
      (a, b) => b.seq - a.seq,
    );
  }

  /** Oldest first, above `seq`; undefined without access. */
  async after(userId: number, messageId: number, seq: number, limit: number): Promise<Replies | undefined> {
    return repliesOf(await this.database.query(repliesAfter, [userId, messageId, seq, limit]), (a, b) => a.seq - b.seq);
  }
}

function repliesOf(rows: readonly ReplyRow[], order: (a: MessageRow, b: MessageRow) => number): Replies | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const messages = rows.filter((row): row is ReplyRow & MessageRow => row.seq !== null).sort(order);
  return { rows: messages, found: first.found ?? 0, asOfSeq: first.as_of_seq };
}
