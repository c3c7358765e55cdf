import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { presentMember } from '../inbox/present-member.sql.js';
import { messageColumns, type MessageRow } from '../message.row.js';
import { maxPageText } from '#bus/page-size.js';

/** Rows of one direction from a position, as many as asked for or as fit; `found` is how many there were to choose from. */
export interface Slice {
  readonly rows: readonly MessageRow[];
  readonly found: number;
  /** The chat's last seq in the snapshot of the rows. */
  readonly asOfSeq: number;
}

type SliceRow = { as_of_seq: number; found: number | null; older: boolean } & (MessageRow | { seq: null });

/** At most `$3` messages of chat `$1` on one side of seq `$2`, and no more of them than `maxPageText` holds. */
function side(comparison: '<' | '<=' | '>', order: 'ASC' | 'DESC'): string {
  return `SELECT * FROM (
    SELECT ${messageColumns}, ${comparison !== '>'} AS older, count(*) OVER () AS found,
      sum(octet_length(m.content)) OVER (ORDER BY m.seq ${order}) - octet_length(m.content) AS text_before
    FROM (SELECT * FROM message.messages WHERE chat_id = $1 AND seq ${comparison} $2 ORDER BY seq ${order} LIMIT $3) m
  ) counted WHERE text_before < ${maxPageText}`;
}

/** `head` yields `h`, the head of chat `$1`; who reads is `$4`. */
function list(name: string, slices: string, head = presentMember.replaceAll('$1', '$4')) {
  return sql(
    name,
    `SELECT head.as_of_seq, p.* FROM (SELECT h.last_seq AS as_of_seq FROM ${head} WHERE h.chat_id = $1) head
     LEFT JOIN LATERAL (${slices}) p ON true`,
  );
}

const listBefore = list('message.list_before', side('<', 'DESC'));
const listAfter = list('message.list_after', side('>', 'ASC'));
const listAround = list('message.list_around', `(${side('<=', 'DESC')}) UNION ALL (${side('>', 'ASC')})`);

/** For whom the gate has let in. */
const listNewest = list('message.list_newest', side('<', 'DESC'), 'message.chat_heads h');

const locate = sql(
  'message.locate',
  `SELECT m.seq FROM ${presentMember}
   LEFT JOIN (SELECT chat_id, seq FROM message.messages WHERE id = $3 LIMIT 1) m ON m.chat_id = h.chat_id
   WHERE h.chat_id = $2`,
);

const getOne = sql(
  'message.get',
  `SELECT m.* FROM (SELECT ${messageColumns} FROM message.messages m WHERE m.id = $2 LIMIT 1) m
   CROSS JOIN LATERAL (SELECT FROM ${presentMember} WHERE h.chat_id = m.chat_id OFFSET 0) present`,
);

const listEdits = sql(
  'message.list_edits',
  `SELECT c.data->>'content' AS content, c.created_at FROM message.message_changes c
   WHERE c.chat_id = $1 AND c.message_id = $2 AND c.type = 'message.updated' ORDER BY c.seq DESC LIMIT 200`,
);

const countOfWorkspace = sql(
  'message.count_of_workspace',
  `SELECT coalesce(sum(message_count - deleted_count), 0)::bigint AS message_count
   FROM message.chat_heads WHERE workspace_id = $1 AND NOT is_deleted`,
);

/** Reads of messages. Whatever names a user yields nothing unless they are present in the chat. */
@Injectable()
export class PageRepository {
  constructor(private readonly database: Database) {}

  /** Newest first, below `seq`; undefined without access. */
  async before(userId: number, chatId: number, seq: number, limit: number): Promise<Slice | undefined> {
    const rows = await this.database.query<SliceRow>(listBefore, [chatId, seq, limit, userId]);
    return rows[0] && slice(rows, (a, b) => b.seq - a.seq);
  }

  /** Newest first, whoever asks; undefined when there is no such chat. */
  async newest(chatId: number, limit: number): Promise<Slice | undefined> {
    const rows = await this.database.query<SliceRow>(listNewest, [chatId, Number.MAX_SAFE_INTEGER, limit]);
    return rows[0] && slice(rows, (a, b) => b.seq - a.seq);
  }

  /** Oldest first, above `seq`; undefined without access. */
  async after(userId: number, chatId: number, seq: number, limit: number): Promise<Slice | undefined> {
    const rows = await this.database.query<SliceRow>(listAfter, [chatId, seq, limit, userId]);
    return rows[0] && slice(rows, (a, b) => a.seq - b.seq);
  }

  /** Both sides of `seq` from one snapshot, itself among the older, each nearest first; undefined without access. */
  async around(
    userId: number,
    chatId: number,
    seq: number,
    limit: number,
  ): Promise<{ older: Slice; newer: Slice } | undefined> {
    const rows = await this.database.query<SliceRow>(listAround, [chatId, seq, limit, userId]);
    if (rows[0] === undefined) return undefined;
    const [older, newer] = [rows.filter((row) => row.older), rows.filter((row) => !row.older)];
    const asOfSeq = rows[0].as_of_seq;
    return {
      older: slice(older, (a, b) => b.seq - a.seq, asOfSeq),
      newer: slice(newer, (a, b) => a.seq - b.seq, asOfSeq),
    };
  }

  /** The place of a message in this chat: undefined without access, null when it is not there. */
  async locate(userId: number, chatId: number, messageId: number): Promise<number | null | undefined> {
    const [row] = await this.database.query<{ seq: number | null }>(locate, [userId, chatId, messageId]);
    return row?.seq;
  }

  /** A message of any chat where the user is present. */
  async get(userId: number, messageId: number): Promise<MessageRow | undefined> {
    const [row] = await this.database.query<MessageRow>(getOne, [userId, messageId]);
    return row;
  }

  /** What a message said before each of its last 200 edits, newest first. */
  async edits(chatId: number, messageId: number): Promise<{ content: string; created_at: Date }[]> {
    return this.database.query(listEdits, [chatId, messageId]);
  }

  /** Messages of a workspace's chats that were not deleted. */
  async countOfWorkspace(workspaceId: number): Promise<number> {
    const [row] = await this.database.query<{ message_count: number }>(countOfWorkspace, [workspaceId]);
    return row?.message_count ?? 0;
  }
}

function slice(
  rows: readonly SliceRow[],
  order: (a: MessageRow, b: MessageRow) => number,
  asOfSeq: number = rows[0]?.as_of_seq ?? 0,
): Slice {
  const messages = rows.filter((row): row is SliceRow & MessageRow => row.seq !== null).sort(order);
  return { rows: messages, found: rows[0]?.found ?? 0, asOfSeq };
}
