import { Injectable } from '@nestjs/common';
import type { WorkspaceRole } from '#contracts/workspace.contract.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { WorkspaceUserRepository } from './workspace-user.repository.js';

/** A workspace, deleted or not, and what the user is in it. */
export interface DeletableWorkspace {
  readonly role: WorkspaceRole;
  readonly deleted_at: Date | null;
}

const lock = sql('chat.deletion.lock', 'SELECT deleted_at FROM chat.workspaces WHERE id = $1 FOR UPDATE');

const mark = sql(
  'chat.deletion.mark',
  `WITH gone AS (DELETE FROM chat.invites WHERE workspace_id = $1)
   UPDATE chat.workspaces SET deleted_at = clock_timestamp(), deleted_by = $2, is_closing = true WHERE id = $1`,
);

const deletedBy = sql(
  'chat.deletion.deleted_by',
  'SELECT deleted_by FROM chat.workspaces WHERE id = $1 AND is_closing',
);

const closed = sql('chat.deletion.closed', 'UPDATE chat.workspaces SET is_closing = false WHERE id = $1');

const unfinished = sql(
  'chat.deletion.unfinished',
  'SELECT id FROM chat.workspaces WHERE is_closing ORDER BY id LIMIT $1',
);

/** Workspaces on their way out. */
@Injectable()
export class DeletionRepository {
  constructor(
    private readonly database: Database,
    private readonly users: WorkspaceUserRepository,
  ) {}

  /** `work` runs while no chat can be made in the workspace. Undefined for users who do not belong to it. */
  async locked<Result>(
    workspaceId: number,
    userId: number,
    work: (workspace: DeletableWorkspace, transaction: Transaction) => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.database.transaction(async (transaction) => {
      const [workspace] = await transaction.query<{ deleted_at: Date | null }>(lock, [workspaceId]);
      const role = await this.users.roleNow(transaction, workspaceId, userId);
      return workspace === undefined || role === undefined ? undefined : work({ ...workspace, role }, transaction);
    });
  }

  /** Deletes the workspace and its invites; its chats follow. */
  async mark(transaction: Transaction, workspaceId: number, userId: number): Promise<void> {
    await transaction.query(mark, [workspaceId, userId]);
  }

  /** Who deleted the workspace, as long as chats of it may be left. */
  async deletedBy(workspaceId: number): Promise<number | undefined> {
    const [row] = await this.database.query<{ deleted_by: number }>(deletedBy, [workspaceId]);
    return row?.deleted_by;
  }

  async setClosed(workspaceId: number): Promise<void> {
    await this.database.query(closed, [workspaceId]);
  }

  async unfinished(limit: number): Promise<number[]> {
    return (await this.database.query<{ id: number }>(unfinished, [limit])).map(({ id }) => id);
  }
}
