import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A message that is pinned in its chat, by whom and with which entry of the log. */
@Entity({ schema: 'message', name: 'pins' })
export class PinEntity {
  @PrimaryColumn({ name: 'chat_id', type: 'bigint', primaryKeyConstraintName: 'pins_pkey' })
  chatId!: number;

  @PrimaryColumn({ name: 'message_id', type: 'bigint', primaryKeyConstraintName: 'pins_pkey' })
  messageId!: number;

  @Column({ name: 'user_id', type: 'bigint' })
  userId!: number;

  @Column({ type: 'bigint' })
  seq!: number;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
