import { Injectable } from '@nestjs/common';
import type { AccessMember } from '#contracts/access.contract.js';
import type { ChatMember, ChatRole } from '#contracts/chat.contract.js';
import { FechatterError } from '#contracts/error.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';

interface MemberRow {
  readonly user_id: number;
  readonly role: ChatRole;
  readonly joined_at: Date;
}

const list = sql(
  'chat.member.list',
  `SELECT user_id, role, joined_at FROM chat.chat_members
   WHERE chat_id = $1 AND user_id > $2 AND left_at IS NULL ORDER BY user_id LIMIT $3`,
);

const present = sql(
  'chat.member.present',
  `SELECT user_id, role, joined_at FROM chat.chat_members
   WHERE chat_id = $1 AND user_id = ANY($2) AND left_at IS NULL ORDER BY user_id`,
);

const wasMember = sql(
  'chat.member.was_member',
  'SELECT FROM chat.chat_members WHERE chat_id = $1 AND user_id = $2 AND left_at IS NOT NULL',
);

/**
 * Live chats that one user may be in. Message tells a gateway of 10,000: between the two there is room for additions at
 * the same time, which do not see each other.
 */
const mostChats = 9_000;

const memberships = `chat.chat_members o WHERE o.user_id = m.user_id AND o.left_at IS NULL`;

/** `is_full`: before that, the user was in as many chats as one can be in. Deleted ones are told apart only then. */
const add = sql(
  'chat.member.add',
  `INSERT INTO chat.chat_members AS m (chat_id, user_id, role)
   SELECT $1::bigint, n.user_id, n.role FROM unnest($2::bigint[], $3::text[]) n(user_id, role)
   ON CONFLICT (chat_id, user_id) DO UPDATE SET role = excluded.role, joined_at = excluded.joined_at, left_at = NULL
   WHERE m.left_at IS NOT NULL
   RETURNING m.user_id, EXISTS (SELECT FROM ${memberships} OFFSET ${mostChats - 1}) AND EXISTS (
     SELECT FROM ${memberships} AND (SELECT c.deleted_at FROM chat.chats c WHERE c.id = o.chat_id) IS NULL
     OFFSET ${mostChats - 1}
   ) AS is_full`,
);

const setRole = sql(
  'chat.member.set_role',
  'UPDATE chat.chat_members SET role = $3 WHERE chat_id = $1 AND user_id = $2 AND left_at IS NULL',
);

const leave = sql(
  'chat.member.leave',
  `UPDATE chat.chat_members SET left_at = clock_timestamp()
   WHERE chat_id = $1 AND user_id = $2 AND left_at IS NULL`,
);

const otherOwners = sql(
  'chat.member.other_owners',
  `SELECT count(*)::int AS owners FROM chat.chat_members
   WHERE chat_id = $1 AND user_id <> $2 AND role = 'owner' AND left_at IS NULL`,
);

const heir = sql(
  'chat.member.heir',
  `SELECT user_id, role, joined_at FROM chat.chat_members WHERE chat_id = $1 AND left_at IS NULL
   ORDER BY role = 'owner' DESC, role = 'admin' DESC, joined_at, user_id LIMIT 1`,
);

/** Who belongs to a chat. Writes are part of a transaction that holds the lock of the chat's row. */
@Injectable()
export class MemberRepository {
  constructor(private readonly database: Database) {}

  /** In the order of ids, those above `afterUserId`. */
  async list(chatId: number, afterUserId: number, limit: number): Promise<ChatMember[]> {
    return (await this.database.query<MemberRow>(list, [chatId, afterUserId, limit])).map(toMember);
  }

  /** Those of the users who are members now. */
  async present(transaction: Transaction, chatId: number, userIds: readonly number[]): Promise<ChatMember[]> {
    return (await transaction.query<MemberRow>(present, [chatId, userIds])).map(toMember);
  }

  /** Whether the user was a member once and is none now. */
  async wasMember(transaction: Transaction, chatId: number, userId: number): Promise<boolean> {
    return (await transaction.query(wasMember, [chatId, userId])).length > 0;
  }

  /** Leaves present members as they are; answers those who were added. CONFLICT when one is in 9,000 live chats. */
  async add(transaction: Transaction, chatId: number, members: readonly AccessMember[]): Promise<AccessMember[]> {
    const ids = members.map(({ user_id }) => user_id);
    const roles = members.map(({ role }) => role);
    const rows = await transaction.query<{ user_id: number; is_full: boolean }>(add, [chatId, ids, roles]);
    const full = rows.find(({ is_full }) => is_full);
    if (full !== undefined) throw inTooMany(full.user_id);
    const added = new Set(rows.map(({ user_id }) => user_id));
    return members.filter(({ user_id }) => added.has(user_id));
  }

  async setRole(transaction: Transaction, chatId: number, { user_id, role }: AccessMember): Promise<void> {
    await transaction.query(setRole, [chatId, user_id, role]);
  }

  async leave(transaction: Transaction, chatId: number, userId: number): Promise<void> {
    await transaction.query(leave, [chatId, userId]);
  }

  async hasOtherOwner(transaction: Transaction, chatId: number, userId: number): Promise<boolean> {
    const [row] = await transaction.query<{ owners: number }>(otherOwners, [chatId, userId]);
    return row !== undefined && row.owners > 0;
  }

  /** Who comes first among those present: by role, then by the time of joining. */
  async first(transaction: Transaction, chatId: number): Promise<ChatMember | undefined> {
    const [row] = await transaction.query<MemberRow>(heir, [chatId]);
    return row === undefined ? undefined : toMember(row);
  }
}

function inTooMany(userId: number): FechatterError {
  const message = `User ${userId} is in ${mostChats} chats, as many as one can be in: some have to be left first.`;
  return new FechatterError('CONFLICT', message);
}

function toMember({ user_id, role, joined_at }: MemberRow): ChatMember {
  return { user_id, role, joined_at: joined_at.toISOString() };
}
