import { Injectable } from '@nestjs/common';
import type { AccessMember } from '#contracts/access.contract.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';

/** Where a user stands in a chat's log: `seq` of the entry that says so. */
export interface Joined extends AccessMember {
  readonly seq: number;
}

/** A user's inbox after a change of what they may see. */
export interface RaisedInbox {
  readonly user_id: number;
  readonly version: number;
}

const present = sql(
  'message.access_present',
  `SELECT a.user_id FROM unnest($2::bigint[]) u(id) CROSS JOIN LATERAL (
     SELECT user_id FROM message.chat_access WHERE chat_id = $1 AND user_id = u.id AND left_seq IS NULL OFFSET 0
   ) a`,
);

const join = sql(
  'message.access_join',
  `WITH joined AS (
     INSERT INTO message.chat_access (chat_id, user_id, role, joined_seq)
     SELECT $1, j.user_id, j.role, j.seq
     FROM unnest($2::bigint[], $3::text[], $4::bigint[]) j(user_id, role, seq)
     RETURNING user_id, joined_seq
   )
   INSERT INTO message.message_status AS r (user_id, chat_id, delivered_seq, read_seq, read_count)
   SELECT user_id, $1, joined_seq, joined_seq, $5 FROM joined
   ON CONFLICT (user_id, chat_id) DO UPDATE SET
     delivered_seq = greatest(r.delivered_seq, excluded.delivered_seq),
     read_seq = greatest(r.read_seq, excluded.read_seq),
     read_count = greatest(r.read_count, excluded.read_count)`,
);

const setRole = sql(
  'message.access_set_role',
  'UPDATE message.chat_access SET role = $3 WHERE chat_id = $1 AND user_id = $2 AND left_seq IS NULL',
);

const leave = sql(
  'message.access_leave',
  `UPDATE message.chat_access a SET left_seq = l.seq FROM unnest($2::bigint[], $3::bigint[]) l(user_id, seq)
   WHERE a.chat_id = $1 AND a.user_id = l.user_id AND a.left_seq IS NULL`,
);

const leaveAll = sql(
  'message.access_leave_all',
  'UPDATE message.chat_access SET left_seq = $2 WHERE chat_id = $1 AND left_seq IS NULL RETURNING user_id',
);

/** In the order of the users, so that hand-overs of two chats never wait for each other in a circle. */
const raise = sql(
  'message.inbox_raise',
  `INSERT INTO message.inbox_heads AS i (user_id, version)
   SELECT u.id, 1 FROM unnest($1::bigint[]) u(id) ORDER BY u.id
   ON CONFLICT (user_id) DO UPDATE SET version = i.version + 1 RETURNING user_id, version`,
);

const deny = sql(
  'message.access_deny',
  'INSERT INTO message.workspace_denials (workspace_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
);

const allow = sql(
  'message.access_allow',
  'DELETE FROM message.workspace_denials WHERE workspace_id = $1 AND user_id = $2',
);

const chatsOf = sql(
  'message.access_chats_of',
  `SELECT a.chat_id FROM message.chat_access a JOIN message.chat_heads h ON h.chat_id = a.chat_id
   WHERE a.user_id = $2 AND a.left_seq IS NULL AND h.workspace_id = $1 ORDER BY a.chat_id`,
);

/** Who is present in which chat, and who is shut out of a workspace. Stays are written under the head's lock. */
@Injectable()
export class AccessRepository {
  constructor(private readonly database: Database) {}

  /** Those of the users who are present now. */
  async present(transaction: Transaction, chatId: number, userIds: readonly number[]): Promise<Set<number>> {
    const rows = await transaction.query<{ user_id: number }>(present, [chatId, userIds]);
    return new Set(rows.map((row) => row.user_id));
  }

  /** Begins stays. What was sent before counts as read; a position that is further already stays. */
  async join(transaction: Transaction, chatId: number, joined: readonly Joined[], messageCount: number): Promise<void> {
    await transaction.query(join, [
      chatId,
      joined.map(({ user_id }) => user_id),
      joined.map(({ role }) => role),
      joined.map(({ seq }) => seq),
      messageCount,
    ]);
  }

  async setRole(transaction: Transaction, chatId: number, member: AccessMember): Promise<void> {
    await transaction.query(setRole, [chatId, member.user_id, member.role]);
  }

  /** Ends stays; `seq` is the last entry that the user may see live. */
  async leave(
    transaction: Transaction,
    chatId: number,
    left: readonly { readonly user_id: number; readonly seq: number }[],
  ): Promise<void> {
    await transaction.query(leave, [chatId, left.map(({ user_id }) => user_id), left.map(({ seq }) => seq)]);
  }

  /** Ends every stay at `seq` and answers whose they were. */
  async leaveAll(transaction: Transaction, chatId: number, seq: number): Promise<number[]> {
    const rows = await transaction.query<{ user_id: number }>(leaveAll, [chatId, seq]);
    return rows.map((row) => row.user_id);
  }

  /** The users' inboxes have changed. Comes last in a transaction; sending does not raise them. */
  async raiseInboxes(transaction: Transaction, userIds: readonly number[]): Promise<RaisedInbox[]> {
    return userIds.length === 0 ? [] : transaction.query<RaisedInbox>(raise, [userIds]);
  }

  /** Denies or allows, and answers the chats of the workspace that it is about with the version of the inbox. */
  async setDenied(
    workspaceId: number,
    userId: number,
    denied: boolean,
  ): Promise<{ readonly chatIds: readonly number[]; readonly version: number }> {
    return this.database.transaction(async (transaction) => {
      await transaction.query(denied ? deny : allow, [workspaceId, userId]);
      const chats = await transaction.query<{ chat_id: number }>(chatsOf, [workspaceId, userId]);
      const [inbox] = await this.raiseInboxes(transaction, [userId]);
      return { chatIds: chats.map((row) => row.chat_id), version: inbox?.version ?? 0 };
    });
  }
}
