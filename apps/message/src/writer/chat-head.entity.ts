import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The end of a chat's log; its row is the lock under which the log grows. */
@Entity({ schema: 'message', name: 'chat_heads' })
export class ChatHeadEntity {
  @PrimaryColumn({ name: 'chat_id', type: 'bigint', primaryKeyConstraintName: 'chat_heads_pkey' })
  chatId!: number;

  @Index('idx_chat_heads_workspace')
  @Column({ name: 'workspace_id', type: 'bigint' })
  workspaceId!: number;

  @Column({ name: 'access_version', type: 'bigint' })
  accessVersion!: number;

  @Column({ name: 'last_seq', type: 'bigint' })
  lastSeq!: number;

  @Column({ name: 'message_count', type: 'bigint' })
  messageCount!: number;

  @Column({ name: 'deleted_count', type: 'bigint', default: 0 })
  deletedCount!: number;

  @Column({ name: 'last_created_at', type: 'timestamptz', precision: 3, nullable: true })
  lastCreatedAt!: Date | null;

  @Column({ name: 'last_activity_at', type: 'timestamptz', precision: 3 })
  lastActivityAt!: Date;

  @Column({ name: 'is_archived', type: 'boolean', default: false })
  isArchived!: boolean;

  @Column({ name: 'is_deleted', type: 'boolean', default: false })
  isDeleted!: boolean;
}
