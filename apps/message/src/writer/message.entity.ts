import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A message as it is now; `seq` is the entry of the log that created it. */
@Entity({ schema: 'message', name: 'messages' })
@Index('idx_messages_id', ['id'])
@Index('messages_idempotency_key', ['chatId', 'senderId', 'idempotencyKey'], {
  unique: true,
  where: '(idempotency_key IS NOT NULL)',
})
@Index('idx_messages_thread', ['chatId', 'parentId', 'seq'], { where: '(parent_id IS NOT NULL)' })
@Index('idx_messages_deleted', ['chatId', 'ordinal'], { where: '(deleted_at IS NOT NULL)' })
@Check('messages_hash_of_key', '(idempotency_key IS NULL) = (content_hash IS NULL)')
export class MessageEntity {
  @PrimaryColumn({ name: 'chat_id', type: 'bigint', primaryKeyConstraintName: 'messages_pkey' })
  chatId!: number;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'messages_pkey' })
  seq!: number;

  @Column({ type: 'bigint', generated: 'increment' })
  id!: number;

  @Column({ type: 'bigint' })
  ordinal!: number;

  @Column({ type: 'bigint' })
  version!: number;

  @Column({ name: 'sender_id', type: 'bigint' })
  senderId!: number;

  @Column({ name: 'parent_id', type: 'bigint', nullable: true })
  parentId!: number | null;

  @Column({ name: 'reply_count', type: 'integer', default: 0 })
  replyCount!: number;

  @Column({ name: 'reaction_count', type: 'integer', default: 0 })
  reactionCount!: number;

  @Column({ name: 'edited_at', type: 'timestamptz', precision: 3, nullable: true })
  editedAt!: Date | null;

  @Column({ name: 'deleted_at', type: 'timestamptz', precision: 3, nullable: true })
  deletedAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'text' })
  content!: string;

  @Column({ type: 'bigint', array: true, default: [] })
  mentions!: number[];

  @Column({ name: 'idempotency_key', type: 'text', nullable: true })
  idempotencyKey!: string | null;

  @Column({ name: 'content_hash', type: 'bytea', nullable: true })
  contentHash!: Buffer | null;
}
