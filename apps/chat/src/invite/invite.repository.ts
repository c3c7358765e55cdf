import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { InviteEntity } from './invite.entity.js';

const columns = 'code, workspace_id, email, role, created_by, created_at, expires_at';

const insert = sql('chat.invite.insert', `INSERT INTO chat.invites (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7)`);

/** Invites `i` that have not expired and whose maker may still invite: nobody comes in by what a former admin gave away. */
const open = `chat.invites i WHERE i.expires_at > clock_timestamp() AND EXISTS (
     SELECT FROM chat.workspace_users u WHERE u.workspace_id = i.workspace_id AND u.user_id = i.created_by
       AND u.role IN ('owner', 'admin') AND u.deleted_at IS NULL
   )`;

const findOpen = sql('chat.invite.find_open', `SELECT ${columns} FROM ${open} AND i.code = $1`);

const listOpen = sql(
  'chat.invite.list_open',
  `SELECT ${columns} FROM ${open} AND i.workspace_id = $1 ORDER BY i.created_at DESC, i.code LIMIT $2`,
);

const countOpen = sql('chat.invite.count_open', `SELECT count(*) AS open FROM ${open} AND i.workspace_id = $1`);

const remove = sql(
  'chat.invite.delete',
  'DELETE FROM chat.invites WHERE workspace_id = $1 AND code = $2 RETURNING code',
);

const removeExpired = sql(
  'chat.invite.delete_expired',
  'DELETE FROM chat.invites WHERE workspace_id = $1 AND expires_at <= clock_timestamp()',
);

/** Invites; those that are not open any more are as good as gone. */
@Injectable()
export class InviteRepository {
  constructor(private readonly database: Database) {}

  async insert(invite: InviteEntity): Promise<void> {
    const { code, workspace_id, email, role, created_by, created_at, expires_at } = invite;
    await this.database.query(insert, [code, workspace_id, email, role, created_by, created_at, expires_at]);
  }

  async findOpen(code: string): Promise<InviteEntity | undefined> {
    const [row] = await this.database.query<InviteEntity>(findOpen, [code]);
    return row;
  }

  /** Newest first. */
  async listOpen(workspaceId: number, limit: number): Promise<InviteEntity[]> {
    return this.database.query<InviteEntity>(listOpen, [workspaceId, limit]);
  }

  async countOpen(workspaceId: number): Promise<number> {
    const [row] = await this.database.query<{ open: number }>(countOpen, [workspaceId]);
    return row?.open ?? 0;
  }

  /** False when the workspace has no such invite. */
  async delete(workspaceId: number, code: string): Promise<boolean> {
    return (await this.database.query(remove, [workspaceId, code])).length > 0;
  }

  async deleteExpired(workspaceId: number): Promise<void> {
    await this.database.query(removeExpired, [workspaceId]);
  }
}
