import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ChatRole } from '#contracts/chat.contract.js';

/** Somebody who belongs to a chat, or did until `left_at`. */
@Entity({ name: 'chat_members', schema: 'chat' })
@Index('idx_chat_members_user_chat', ['user_id', 'chat_id'], { where: '(left_at IS NULL)' })
@Check('chat_members_role', `role IN ('owner', 'admin', 'member')`)
export class ChatMemberEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'chat_members_pkey' })
  chat_id!: number;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'chat_members_pkey' })
  user_id!: number;

  @Column({ type: 'text' })
  role!: ChatRole;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  joined_at!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  left_at!: Date | null;
}
