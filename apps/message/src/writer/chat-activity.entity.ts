import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The first seq that a chat got in a minute. */
@Entity({ schema: 'message', name: 'chat_activity' })
@Index('idx_chat_activity_chat', ['chatId', 'minute'])
export class ChatActivityEntity {
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'chat_activity_pkey' })
  minute!: Date;

  @PrimaryColumn({ name: 'chat_id', type: 'bigint', primaryKeyConstraintName: 'chat_activity_pkey' })
  chatId!: number;

  @Column({ name: 'first_seq', type: 'bigint' })
  firstSeq!: number;
}
