import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { ChatType } from '#contracts/chat.contract.js';

/** A chat. Whoever changes it or its members holds the lock of its row and raises `access_version`. */
@Entity({ name: 'chats', schema: 'chat' })
@Index('idx_chats_channel_name', ['workspace_id', 'name_key'], {
  unique: true,
  where: `((type = 'channel') AND (deleted_at IS NULL))`,
})
@Index('idx_chats_creator', ['workspace_id', 'created_by'], { where: '(deleted_at IS NULL)' })
@Index('idx_chats_direct_key', ['workspace_id', 'direct_key'], {
  unique: true,
  where: '((direct_key IS NOT NULL) AND (deleted_at IS NULL))',
})
@Index('idx_chats_general', ['workspace_id'], { unique: true, where: '(is_general AND (deleted_at IS NULL))' })
// By bytes and by trigrams, which TypeORM has no words for.
@Index('idx_chats_name_prefix', { synchronize: false })
@Index('idx_chats_name_trigrams', { synchronize: false })
@Index('idx_chats_workspace', ['workspace_id', 'id'], { where: '(deleted_at IS NULL)' })
@Check('chats_type', `type IN ('channel', 'group', 'direct')`)
@Check('chats_privacy', `type = 'channel' OR is_private`)
@Check('chats_direct', `(type = 'direct') = (direct_key IS NOT NULL)`)
@Check('chats_general', `NOT is_general OR (type = 'channel' AND NOT is_private AND NOT is_archived)`)
export class ChatEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'chats_pkey',
  })
  id!: number;

  @Column({ type: 'bigint' })
  workspace_id!: number;

  @Column({ type: 'text' })
  type!: ChatType;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  name_key!: string;

  @Column({ type: 'text', default: '' })
  description!: string;

  @Column({ type: 'boolean' })
  is_private!: boolean;

  @Column({ type: 'boolean', default: false })
  is_archived!: boolean;

  /** The channel that everybody who joins the workspace is added to, save guests. */
  @Column({ type: 'boolean', default: false })
  is_general!: boolean;

  @Column({ type: 'text', nullable: true })
  direct_key!: string | null;

  @Column({ type: 'integer' })
  member_count!: number;

  @Column({ type: 'bigint', default: 1 })
  access_version!: number;

  @Column({ type: 'bigint' })
  created_by!: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  updated_at!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deleted_at!: Date | null;
}
