import { Injectable } from '@nestjs/common';
import { notFound } from '#contracts/error.js';
import type { WorkspaceMember, WorkspaceRole } from '#contracts/workspace.contract.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { WorkspaceUserEntity } from './workspace-user.entity.js';

const role = sql(
  'chat.workspace_user.role',
  `SELECT u.role FROM chat.workspace_users u JOIN chat.workspaces w ON w.id = u.workspace_id AND w.deleted_at IS NULL
   WHERE u.workspace_id = $1 AND u.user_id = $2 AND u.deleted_at IS NULL`,
);

const roleNow = sql(
  'chat.workspace_user.role_now',
  'SELECT role FROM chat.workspace_users WHERE workspace_id = $1 AND user_id = $2 AND deleted_at IS NULL',
);

const share = sql(
  'chat.workspace_user.share',
  `SELECT u.user_id, u.role FROM chat.workspace_users u
   WHERE u.workspace_id = $1 AND u.user_id = ANY($2) AND u.deleted_at IS NULL
     AND EXISTS (SELECT FROM chat.workspaces w WHERE w.id = $1 AND w.deleted_at IS NULL)
   ORDER BY u.user_id FOR SHARE OF u`,
);

const lock = sql(
  'chat.workspace_user.lock',
  'SELECT * FROM chat.workspace_users WHERE workspace_id = $1 AND user_id = $2 FOR UPDATE',
);

const setRole = sql(
  'chat.workspace_user.set_role',
  'UPDATE chat.workspace_users SET role = $3 WHERE workspace_id = $1 AND user_id = $2 AND deleted_at IS NULL',
);

const otherOwners = sql(
  'chat.workspace_user.other_owners',
  `SELECT FROM chat.workspace_users
   WHERE workspace_id = $1 AND user_id <> $2 AND role = 'owner' AND deleted_at IS NULL LIMIT 1`,
);

/** For a guest only those with whom they share a chat of the workspace. */
const list = sql(
  'chat.workspace_user.list',
  `SELECT u.user_id, u.role, u.joined_at FROM chat.workspace_users u
   WHERE u.workspace_id = $1 AND u.deleted_at IS NULL AND u.user_id > $3
     AND ($4::boolean IS FALSE OR u.user_id = $2 OR EXISTS (
       SELECT FROM chat.chat_members mine
       JOIN chat.chats c ON c.id = mine.chat_id AND c.workspace_id = $1 AND c.deleted_at IS NULL
       JOIN chat.chat_members theirs ON theirs.chat_id = mine.chat_id AND theirs.left_at IS NULL
       WHERE mine.user_id = $2 AND mine.left_at IS NULL AND theirs.user_id = u.user_id
     ))
   ORDER BY u.user_id LIMIT $5`,
);

/** Null for $3 or more. Each workspace and, for a guest, each chat is asked for no more than $3. */
const visibleUpTo = sql(
  'chat.workspace_user.visible_up_to',
  `WITH mine AS (
     SELECT u.workspace_id, u.role FROM chat.workspace_users u
     JOIN chat.workspaces w ON w.id = u.workspace_id AND w.deleted_at IS NULL
     WHERE u.user_id = $1 AND u.deleted_at IS NULL AND ($2::bigint IS NULL OR u.workspace_id = $2)
   )
   SELECT CASE WHEN count(*) < $3 THEN coalesce(array_agg(user_id), '{}') END AS user_ids
   FROM (
     SELECT user_id FROM mine CROSS JOIN LATERAL (
       SELECT o.user_id FROM chat.workspace_users o WHERE o.workspace_id = mine.workspace_id AND o.deleted_at IS NULL
       ORDER BY o.user_id LIMIT $3
     ) colleagues WHERE mine.role <> 'guest'
     UNION
     SELECT company.user_id FROM mine
     JOIN chat.chat_members here ON here.user_id = $1 AND here.left_at IS NULL
     JOIN chat.chats c ON c.id = here.chat_id AND c.workspace_id = mine.workspace_id AND c.deleted_at IS NULL
     CROSS JOIN LATERAL (
       SELECT there.user_id FROM chat.chat_members there
       JOIN chat.workspace_users o
         ON o.workspace_id = c.workspace_id AND o.user_id = there.user_id AND o.deleted_at IS NULL
       WHERE there.chat_id = c.id AND there.left_at IS NULL ORDER BY there.user_id LIMIT $3
     ) company WHERE mine.role = 'guest'
     UNION
     SELECT $1 FROM mine
     ORDER BY user_id LIMIT $3
   ) seen`,
);

const visibleAmong = sql(
  'chat.workspace_user.visible_among',
  `SELECT DISTINCT other.user_id
   FROM chat.workspace_users mine
   JOIN chat.workspaces w ON w.id = mine.workspace_id AND w.deleted_at IS NULL
   JOIN chat.workspace_users other ON other.workspace_id = mine.workspace_id AND other.deleted_at IS NULL
   WHERE mine.user_id = $1 AND mine.deleted_at IS NULL AND ($2::bigint IS NULL OR mine.workspace_id = $2)
     AND (mine.role <> 'guest' OR other.user_id = $1 OR EXISTS (
       SELECT FROM chat.chat_members here
       JOIN chat.chats c ON c.id = here.chat_id AND c.workspace_id = mine.workspace_id AND c.deleted_at IS NULL
       JOIN chat.chat_members there ON there.chat_id = here.chat_id AND there.left_at IS NULL
       WHERE here.user_id = $1 AND here.left_at IS NULL AND there.user_id = other.user_id
     ))
     AND other.user_id = ANY($3) ORDER BY other.user_id`,
);

/** Who belongs to a workspace. */
@Injectable()
export class WorkspaceUserRepository {
  constructor(private readonly database: Database) {}

  /** The role of an active member of a live workspace. */
  async role(workspaceId: number, userId: number): Promise<WorkspaceRole | undefined> {
    const [row] = await this.database.query<{ role: WorkspaceRole }>(role, [workspaceId, userId]);
    return row?.role;
  }

  /** Within a transaction, of a workspace that may have been deleted. */
  async roleNow(transaction: Transaction, workspaceId: number, userId: number): Promise<WorkspaceRole | undefined> {
    const [row] = await transaction.query<{ role: WorkspaceRole }>(roleNow, [workspaceId, userId]);
    return row?.role;
  }

  /**
   * Roles by user id. Nobody of them can be removed before the transaction ends. NOT_FOUND when somebody is no member.
   */
  async requireActive(
    transaction: Transaction,
    workspaceId: number,
    userIds: readonly number[],
  ): Promise<Map<number, WorkspaceRole>> {
    const params = [workspaceId, userIds];
    const rows = await transaction.query<{ user_id: number; role: WorkspaceRole }>(share, params);
    const roles = new Map(rows.map((row) => [row.user_id, row.role]));
    if (!userIds.every((userId) => roles.has(userId))) throw notFound('user');
    return roles;
  }

  /** The row, active or not, locked until the transaction ends. */
  async lock(transaction: Transaction, workspaceId: number, userId: number): Promise<WorkspaceUserEntity | undefined> {
    const [row] = await transaction.query<WorkspaceUserEntity>(lock, [workspaceId, userId]);
    return row;
  }

  async setRole(transaction: Transaction, workspaceId: number, userId: number, newRole: WorkspaceRole): Promise<void> {
    await transaction.query(setRole, [workspaceId, userId, newRole]);
  }

  /** Under the lock of the workspace's row. */
  async hasOtherOwner(transaction: Transaction, workspaceId: number, userId: number): Promise<boolean> {
    return (await transaction.query(otherOwners, [workspaceId, userId])).length > 0;
  }

  /** Those that the asking member may see, by id above `after`. */
  async list(
    workspaceId: number,
    userId: number,
    page: { after: number; asGuest: boolean; limit: number },
  ): Promise<WorkspaceMember[]> {
    const params = [workspaceId, userId, page.after, page.asGuest, page.limit];
    const rows = await this.database.query<{ user_id: number; role: WorkspaceRole; joined_at: Date }>(list, params);
    return rows.map((row) => ({ ...row, joined_at: row.joined_at.toISOString() }));
  }

  /** All whom the user may see, by id; undefined when they are more than `most`. */
  async visibleUpTo(userId: number, workspaceId: number | undefined, most: number): Promise<number[] | undefined> {
    const params = [userId, workspaceId ?? null, most + 1];
    const [row] = await this.database.query<{ user_ids: number[] | null }>(visibleUpTo, params);
    return row?.user_ids ?? undefined;
  }

  /** Those of `among` whom the user may see. */
  async visibleAmong(userId: number, workspaceId: number | undefined, among: readonly number[]): Promise<number[]> {
    const params = [userId, workspaceId ?? null, among];
    const rows = await this.database.query<{ user_id: number }>(visibleAmong, params);
    return rows.map((row) => row.user_id);
  }
}
