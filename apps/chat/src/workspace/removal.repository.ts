import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { WorkspaceUserRepository } from './workspace-user.repository.js';
import type { Removal, WorkspaceUserEntity } from './workspace-user.entity.js';

/** Somebody who was removed from a workspace, and by whom. */
export type Removed = Pick<WorkspaceUserEntity, 'workspace_id' | 'user_id'>;

const mark = sql(
  'chat.removal.mark',
  `WITH own AS (
     UPDATE chat.workspaces SET personal_of = NULL WHERE id = $1 AND personal_of = $2
   )
   UPDATE chat.workspace_users SET deleted_at = clock_timestamp(), deleted_by = $3, removal = 'deny'
   WHERE workspace_id = $1 AND user_id = $2 AND deleted_at IS NULL`,
);

const setStep = sql(
  'chat.removal.set_step',
  'UPDATE chat.workspace_users SET removal = $3 WHERE workspace_id = $1 AND user_id = $2',
);

const leaving = sql(
  'chat.removal.leaving',
  `SELECT deleted_by FROM chat.workspace_users
   WHERE workspace_id = $1 AND user_id = $2 AND removal = 'leave' FOR SHARE`,
);

const find = sql(
  'chat.removal.find',
  'SELECT * FROM chat.workspace_users WHERE workspace_id = $1 AND user_id = $2 AND deleted_at IS NOT NULL',
);

const unfinished = sql(
  'chat.removal.unfinished',
  `SELECT workspace_id, user_id FROM chat.workspace_users WHERE removal IN ('deny', 'leave')
   ORDER BY workspace_id, user_id LIMIT $1`,
);

/** How far removals from workspaces have got. */
@Injectable()
export class RemovalRepository {
  constructor(
    private readonly database: Database,
    private readonly workspaceUsers: WorkspaceUserRepository,
  ) {}

  /** The user belongs to the workspace no longer, and message is yet to be told. */
  async mark(transaction: Transaction, { workspace_id, user_id }: Removed, removedBy: number): Promise<void> {
    await transaction.query(mark, [workspace_id, user_id, removedBy]);
  }

  /** The row of somebody who does not belong to the workspace any more. */
  async find({ workspace_id, user_id }: Removed): Promise<WorkspaceUserEntity | undefined> {
    const [row] = await this.database.query<WorkspaceUserEntity>(find, [workspace_id, user_id]);
    return row;
  }

  /**
   * From one step to the next, after `work`, under the lock of the user's row: whoever comes late finds the step done
   * and does nothing. `work` is one call with a short time-out.
   */
  async advance(removed: Removed, from: Removal, to: Removal | null, work: () => Promise<unknown>): Promise<void> {
    const { workspace_id, user_id } = removed;
    await this.database.transaction(async (transaction) => {
      const row = await this.workspaceUsers.lock(transaction, workspace_id, user_id);
      if (row?.removal !== from) return;
      await work();
      await transaction.query(setStep, [workspace_id, user_id, to]);
    });
  }

  /** Who removed the user, when their chats are being left right now; that stays true until the transaction ends. */
  async leavingBy(transaction: Transaction, { workspace_id, user_id }: Removed): Promise<number | undefined> {
    const [row] = await transaction.query<{ deleted_by: number }>(leaving, [workspace_id, user_id]);
    return row?.deleted_by;
  }

  async unfinished(limit: number): Promise<Removed[]> {
    return this.database.query<Removed>(unfinished, [limit]);
  }
}
