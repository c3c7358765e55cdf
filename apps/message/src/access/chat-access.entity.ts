import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A stay of a user in a chat; present while it has no `leftSeq`. */
@Entity({ schema: 'message', name: 'chat_access' })
@Index('chat_access_present', ['chatId', 'userId'], { unique: true, where: '(left_seq IS NULL)' })
@Index('idx_chat_members_user_chat', ['userId', 'chatId'], { where: '(left_seq IS NULL)' })
@Check('chat_access_role', `role IN ('owner', 'admin', 'member')`)
export class ChatAccessEntity {
  @PrimaryColumn({ name: 'chat_id', type: 'bigint', primaryKeyConstraintName: 'chat_access_pkey' })
  chatId!: number;

  @PrimaryColumn({ name: 'user_id', type: 'bigint', primaryKeyConstraintName: 'chat_access_pkey' })
  userId!: number;

  @Column({ type: 'text' })
  role!: string;

  @PrimaryColumn({ name: 'joined_seq', type: 'bigint', primaryKeyConstraintName: 'chat_access_pkey' })
  joinedSeq!: number;

  @Column({ name: 'left_seq', type: 'bigint', nullable: true })
  leftSeq!: number | null;
}
