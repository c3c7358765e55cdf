import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { maxPageText } from '#bus/page-size.js';
import { firstWithEpoch } from '../log/epoch.js';
import { mentionCount, presentMember, presentReader, unreadCount } from './present-member.sql.js';

/** Where a page of an inbox goes on: after the chat with this activity, in epoch milliseconds, and this id. */
export interface InboxPosition {
  readonly activityAt: number;
  readonly chatId: number;
}

/** A chat as its reader has it; the last message is null where there is none. */
export interface InboxRow {
  readonly chat_id: number;
  readonly workspace_id: number;
  readonly role: 'owner' | 'admin' | 'member';
  readonly joined_seq: number;
  readonly last_seq: number;
  readonly read_seq: number;
  readonly unread_count: number;
  readonly mention_count: number;
  readonly last_activity_at: Date;
  readonly message_id: number | null;
  readonly sender_id: number;
  readonly content: string;
  readonly created_at: Date;
}

/** Bytes of an entry beside the text of its last message. */
const entryBytes = 400;
/** The last message is looked for among so many: a chat that ends in tombstones costs no more than others. */
const lookedBack = 1_000;

const inbox = sql(
  'message.inbox',
  `SELECT v.version, (SELECT epoch FROM message.log_epoch) AS epoch, c.*
   FROM (SELECT coalesce((SELECT version FROM message.inbox_heads WHERE user_id = $1), 0) AS version) v
   LEFT JOIN LATERAL (
     SELECT * FROM (
       SELECT p.*, l.*, count(*) OVER () AS found,
         sum(${entryBytes} + coalesce(octet_length(l.content), 0)) OVER (ORDER BY p.last_activity_at DESC, p.chat_id DESC)
           - coalesce(octet_length(l.content), 0) AS text_before
       FROM (
         SELECT h.chat_id, h.workspace_id, a.role, a.joined_seq, h.last_seq, r.read_seq, h.last_activity_at,
           ${unreadCount} AS unread_count,
           ${mentionCount} AS mention_count
         FROM ${presentReader}
         WHERE ($2::bigint IS NULL OR h.workspace_id = $2)
           AND ($3::timestamptz IS NULL OR (h.last_activity_at, h.chat_id) < ($3, $4::bigint))
         ORDER BY h.last_activity_at DESC, h.chat_id DESC LIMIT $5
       ) p
       LEFT JOIN LATERAL (
         SELECT m.id AS message_id, m.sender_id, m.content, m.created_at FROM (
           SELECT * FROM message.messages WHERE chat_id = p.chat_id ORDER BY seq DESC LIMIT ${lookedBack}
         ) m WHERE m.deleted_at IS NULL ORDER BY m.seq DESC LIMIT 1
       ) l ON true
     ) sized WHERE text_before < ${maxPageText}
   ) c ON true ORDER BY c.last_activity_at DESC, c.chat_id DESC`,
);

const readable = sql(
  'message.readable_chats',
  `SELECT h.chat_id FROM ${presentMember}
   WHERE ($2::bigint IS NULL OR h.workspace_id = $2) AND ($3::bigint[] IS NULL OR h.chat_id = ANY($3))
   ORDER BY h.chat_id`,
);

/** Which chats a user has and how far they have read them. */
@Injectable()
export class InboxRepository {
  constructor(private readonly database: Database) {}

  /** At most `limit` chats from one snapshot, newest activity first; `found` is how many there were to choose from. */
  async page(
    userId: number,
    workspaceId: number | undefined,
    after: InboxPosition | undefined,
    limit: number,
  ): Promise<{ chats: InboxRow[]; found: number; version: number; epoch: number }> {
    const at = after === undefined ? null : new Date(after.activityAt);
    const params = [userId, workspaceId ?? null, at, after?.chatId ?? null, limit];
    const rows = await this.database.query<
      { version: number; epoch: number | null; found: number | null } & (InboxRow | { chat_id: null })
    >(inbox, params);
    const chats = rows.flatMap((row) => (row.chat_id === null ? [] : [row]));
    const { version, epoch, found } = firstWithEpoch(rows);
    return { chats, found: found ?? 0, version, epoch };
  }

  /** Ids of the chats where the user is present, those of a workspace or out of a choice if given. */
  async readable(userId: number, workspaceId?: number, chatIds?: readonly number[]): Promise<number[]> {
    const rows = await this.database.query<{ chat_id: number }>(readable, [
      userId,
      workspaceId ?? null,
      chatIds ?? null,
    ]);
    return rows.map((row) => row.chat_id);
  }
}
