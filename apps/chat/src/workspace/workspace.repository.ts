import { Injectable } from '@nestjs/common';
import type { Workspace, WorkspaceRole } from '#contracts/workspace.contract.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { ChatCreationRepository } from '../chat/chat-creation.repository.js';
import { ChatWriter, newChannel } from '../chat/chat-writer.repository.js';
import type { ChatRow } from '../chat/chat.row.js';
import { WorkspaceUserRepository } from './workspace-user.repository.js';
import type { WorkspaceEntity } from './workspace.entity.js';

type WorkspaceRow = Pick<WorkspaceEntity, 'id' | 'name' | 'created_at' | 'updated_at'> & {
  readonly role: WorkspaceRole;
};

/** A new workspace and the channel that everybody begins in. */
export interface NewWorkspace {
  readonly workspace: Workspace;
  readonly general: ChatRow;
}

const mine = `
  SELECT w.id, w.name, u.role, w.created_at, w.updated_at
  FROM chat.workspace_users u JOIN chat.workspaces w ON w.id = u.workspace_id AND w.deleted_at IS NULL
  WHERE u.user_id = $1 AND u.deleted_at IS NULL`;

const find = sql('chat.workspace.find', `${mine} AND w.id = $2`);

const list = sql('chat.workspace.list', `${mine} ORDER BY w.id LIMIT $2`);

const personalOf = sql(
  'chat.workspace.personal_of',
  'SELECT id FROM chat.workspaces WHERE personal_of = $1 AND deleted_at IS NULL',
);

const insert = sql(
  'chat.workspace.insert',
  `WITH made AS (
     INSERT INTO chat.workspaces (name, personal_of) VALUES ($2, $3) ON CONFLICT DO NOTHING
     RETURNING id, name, created_at, updated_at
   ), owned AS (
     INSERT INTO chat.workspace_users (workspace_id, user_id, role) SELECT id, $1, 'owner' FROM made RETURNING role
   )
   SELECT made.*, owned.role FROM made, owned`,
);

const rename = sql(
  'chat.workspace.rename',
  `UPDATE chat.workspaces SET name = $2, updated_at = clock_timestamp()
   WHERE id = $1 AND deleted_at IS NULL RETURNING updated_at`,
);

const counts = sql(
  'chat.workspace.counts',
  `SELECT
     (SELECT count(*) FROM chat.workspace_users WHERE workspace_id = $1 AND deleted_at IS NULL) AS member_count,
     (SELECT count(*) FROM chat.chats WHERE workspace_id = $1 AND deleted_at IS NULL) AS chat_count`,
);

const lock = sql(
  'chat.workspace.lock',
  'SELECT FROM chat.workspaces WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE',
);

/** Workspaces. */
@Injectable()
export class WorkspaceRepository {
  constructor(
    private readonly database: Database,
    private readonly chats: ChatWriter,
    private readonly creation: ChatCreationRepository,
    private readonly users: WorkspaceUserRepository,
  ) {}

  /** A live workspace as this active member sees it. */
  async find(userId: number, workspaceId: number): Promise<Workspace | undefined> {
    const [row] = await this.database.query<WorkspaceRow>(find, [userId, workspaceId]);
    return row === undefined ? undefined : toWorkspace(row);
  }

  /** Oldest first. */
  async list(userId: number, limit: number): Promise<Workspace[]> {
    return (await this.database.query<WorkspaceRow>(list, [userId, limit])).map(toWorkspace);
  }

  async personalOf(userId: number): Promise<number | undefined> {
    const [row] = await this.database.query<{ id: number }>(personalOf, [userId]);
    return row?.id;
  }

  /**
   * A workspace with its owner and its general channel. Undefined when it is to be the personal one of somebody who has
   * one already.
   */
  async create(userId: number, name: string, personal: boolean): Promise<NewWorkspace | undefined> {
    return this.database.transaction(async (transaction) => {
      const params = [userId, name, personal ? userId : null];
      const [row] = await transaction.query<WorkspaceRow>(insert, params);
      if (row === undefined) return undefined;
      const general = await this.chats.insert(transaction, {
        ...newChannel(row.id, 'general', userId),
        is_general: true,
        member_count: 1,
      });
      if (general === undefined) throw new Error('A new workspace has a general channel already');
      await this.creation.begin(transaction, general, [{ user_id: userId, role: 'owner' }]);
      return { workspace: toWorkspace(row), general };
    });
  }

  /** Within `locked`. Answers the time of the change. */
  async rename(transaction: Transaction, workspaceId: number, name: string): Promise<string | undefined> {
    const [row] = await transaction.query<{ updated_at: Date }>(rename, [workspaceId, name]);
    return row?.updated_at.toISOString();
  }

  async counts(workspaceId: number): Promise<{ member_count: number; chat_count: number }> {
    const [row] = await this.database.query<{ member_count: number; chat_count: number }>(counts, [workspaceId]);
    return row ?? { member_count: 0, chat_count: 0 };
  }

  /**
   * `work` runs under the lock of the live workspace's row, so that nobody else changes roles in it, and is told the role
   * of the user. Undefined when the user does not belong to it.
   */
  async locked<Result>(
    workspaceId: number,
    userId: number,
    work: (transaction: Transaction, role: WorkspaceRole) => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.database.transaction(async (transaction) => {
      if ((await transaction.query(lock, [workspaceId])).length === 0) return undefined;
      const role = await this.users.roleNow(transaction, workspaceId, userId);
      return role === undefined ? undefined : work(transaction, role);
    });
  }
}

function toWorkspace({ id, name, role, created_at, updated_at }: WorkspaceRow): Workspace {
  return { id, name, role, created_at: created_at.toISOString(), updated_at: updated_at.toISOString() };
}
