import { Injectable } from '@nestjs/common';
import type { WorkspaceRole } from '#contracts/workspace.contract.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { ChatWriter } from '../chat/chat-writer.repository.js';
import type { ChatRow } from '../chat/chat.row.js';
import { WorkspaceUserRepository } from '../workspace/workspace-user.repository.js';
import type { WorkspaceUserEntity } from '../workspace/workspace-user.entity.js';

const find = sql('chat.admission.find', 'SELECT * FROM chat.workspace_users WHERE workspace_id = $1 AND user_id = $2');

const hold = sql(
  'chat.admission.hold_workspace',
  `SELECT c.id FROM chat.workspaces w
   JOIN chat.chats c ON c.workspace_id = w.id AND c.is_general AND c.deleted_at IS NULL
   WHERE w.id = $1 AND w.deleted_at IS NULL FOR KEY SHARE OF w`,
);

/** Nobody whom message still denies: RemovalService.lift comes first. */
const admit = sql(
  'chat.admission.admit',
  `INSERT INTO chat.workspace_users AS u (workspace_id, user_id, role) VALUES ($1, $2, $3)
   ON CONFLICT (workspace_id, user_id) DO UPDATE
     SET role = excluded.role, joined_at = excluded.joined_at, deleted_at = NULL, deleted_by = NULL
     WHERE u.deleted_at IS NOT NULL AND u.removal IS NULL
   RETURNING u.user_id`,
);

/** Admissions into workspaces. */
@Injectable()
export class AdmissionRepository {
  constructor(
    private readonly database: Database,
    private readonly chats: ChatWriter,
    private readonly users: WorkspaceUserRepository,
  ) {}

  /** The user's row, active or not. */
  async find(workspaceId: number, userId: number): Promise<WorkspaceUserEntity | undefined> {
    const [row] = await this.database.query<WorkspaceUserEntity>(find, [workspaceId, userId]);
    return row;
  }

  /**
   * Makes the user a member, unless they are one or are still denied; `join` runs then, with the general channel locked.
   * Answers the row as it is now, undefined when the workspace was deleted.
   */
  async admit(
    workspaceId: number,
    userId: number,
    role: WorkspaceRole,
    join: (transaction: Transaction, general: ChatRow) => Promise<void>,
  ): Promise<WorkspaceUserEntity | undefined> {
    return this.database.transaction(async (transaction) => {
      const [held] = await transaction.query<{ id: number }>(hold, [workspaceId]);
      const general = held === undefined ? undefined : await this.chats.lock(transaction, held.id);
      if (general === undefined) return undefined;
      const admitted = await transaction.query(admit, [workspaceId, userId, role]);
      if (admitted.length > 0) await join(transaction, general);
      return this.users.lock(transaction, workspaceId, userId);
    });
  }
}
