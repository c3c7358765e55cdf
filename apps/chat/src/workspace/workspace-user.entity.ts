import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { WorkspaceRole } from '#contracts/workspace.contract.js';

/**
 * How far a removal has got: 'deny' = message must be told, 'leave' = message denies and the chats' own entries follow,
 * 'done' = all entries are applied and the denial still stands. `null`: nothing is denied.
 */
export type Removal = 'deny' | 'leave' | 'done';

/** Somebody who belongs to a workspace, or did until `deleted_at`. */
@Entity({ name: 'workspace_users', schema: 'chat' })
@Index('idx_workspace_users_active', ['workspace_id', 'user_id'], { where: '(deleted_at IS NULL)' })
@Index('idx_workspace_users_user', ['user_id', 'workspace_id'], { where: '(deleted_at IS NULL)' })
@Index('idx_workspace_users_removal', ['workspace_id', 'user_id'], { where: `removal IN ('deny', 'leave')` })
@Check('workspace_users_role', `role IN ('owner', 'admin', 'member', 'guest')`)
@Check(
  'workspace_users_removal',
  `removal IS NULL OR (removal IN ('deny', 'leave', 'done') AND deleted_at IS NOT NULL)`,
)
@Check('workspace_users_deleted_by_whom', '(deleted_at IS NULL) = (deleted_by IS NULL)')
export class WorkspaceUserEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'workspace_users_pkey' })
  workspace_id!: number;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'workspace_users_pkey' })
  user_id!: number;

  @Column({ type: 'text' })
  role!: WorkspaceRole;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  joined_at!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deleted_at!: Date | null;

  @Column({ type: 'bigint', nullable: true })
  deleted_by!: number | null;

  @Column({ type: 'text', nullable: true })
  removal!: Removal | null;
}
