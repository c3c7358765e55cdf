import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Invite } from '#contracts/workspace.contract.js';

/** Whoever knows `code` may join the workspace until it expires; with `email`, only the user with that address. */
@Entity({ name: 'invites', schema: 'chat' })
@Index('idx_invites_workspace', ['workspace_id', 'created_at'])
@Check('invites_role', `role IN ('admin', 'member', 'guest')`)
export class InviteEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'invites_pkey' })
  code!: string;

  @Column({ type: 'bigint' })
  workspace_id!: number;

  @Column({ type: 'text', nullable: true })
  email!: string | null;

  @Column({ type: 'text' })
  role!: Invite['role'];

  @Column({ type: 'bigint' })
  created_by!: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expires_at!: Date;
}
