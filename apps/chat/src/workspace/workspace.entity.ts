import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A workspace. `personal_of`: the user who got it when registering. `is_closing`: deleted, its chats follow. */
@Entity({ name: 'workspaces', schema: 'chat' })
@Index('idx_workspaces_personal', ['personal_of'], {
  unique: true,
  where: '((personal_of IS NOT NULL) AND (deleted_at IS NULL))',
})
@Index('idx_workspaces_closing', ['id'], { where: 'is_closing' })
@Check('workspaces_deleted_by_whom', '(deleted_at IS NULL) = (deleted_by IS NULL)')
export class WorkspaceEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'workspaces_pkey',
  })
  id!: number;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'bigint', nullable: true })
  personal_of!: number | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  updated_at!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deleted_at!: Date | null;

  @Column({ type: 'bigint', nullable: true })
  deleted_by!: number | null;

  @Column({ type: 'boolean', default: false })
  is_closing!: boolean;
}
