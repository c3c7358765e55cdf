import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An entry of the log that is not the creation of a message. */
@Entity({ schema: 'message', name: 'message_changes' })
@Index('idx_message_changes_message', ['chatId', 'messageId'], { where: '(message_id IS NOT NULL)' })
export class MessageChangeEntity {
  @PrimaryColumn({ name: 'chat_id', type: 'bigint', primaryKeyConstraintName: 'message_changes_pkey' })
  chatId!: number;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'message_changes_pkey' })
  seq!: number;

  @Column({ type: 'text' })
  type!: string;

  @Column({ name: 'message_id', type: 'bigint', nullable: true })
  messageId!: number | null;

  @Column({ name: 'user_id', type: 'bigint', nullable: true })
  userId!: number | null;

  @Column({ name: 'actor_id', type: 'bigint' })
  actorId!: number;

  @Column({ type: 'jsonb', default: {} })
  data!: object;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
