import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far a user has received and read a chat; `readCount` is the ordinal of the last message read. */
@Entity({ schema: 'message', name: 'message_status' })
export class MessageStatusEntity {
  @PrimaryColumn({ name: 'user_id', type: 'bigint', primaryKeyConstraintName: 'message_status_pkey' })
  userId!: number;

  @PrimaryColumn({ name: 'chat_id', type: 'bigint', primaryKeyConstraintName: 'message_status_pkey' })
  chatId!: number;

  @Column({ name: 'delivered_seq', type: 'bigint' })
  deliveredSeq!: number;

  @Column({ name: 'read_seq', type: 'bigint' })
  readSeq!: number;

  @Column({ name: 'read_count', type: 'bigint' })
  readCount!: number;
}
