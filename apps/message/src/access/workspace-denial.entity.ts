import { Entity, PrimaryColumn } from 'typeorm';

/** A user who is shut out of a workspace, whatever their stays say. */
@Entity({ schema: 'message', name: 'workspace_denials' })
export class WorkspaceDenialEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'bigint', primaryKeyConstraintName: 'workspace_denials_pkey' })
  workspaceId!: number;

  @PrimaryColumn({ name: 'user_id', type: 'bigint', primaryKeyConstraintName: 'workspace_denials_pkey' })
  userId!: number;
}
