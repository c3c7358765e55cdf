import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a user has put to a message; `emojiSeq` is the place of the emoji among those of the message. */
@Entity({ schema: 'message', name: 'reactions' })
export class ReactionEntity {
  @PrimaryColumn({ name: 'chat_id', type: 'bigint', primaryKeyConstraintName: 'reactions_pkey' })
  chatId!: number;

  @PrimaryColumn({ name: 'message_id', type: 'bigint', primaryKeyConstraintName: 'reactions_pkey' })
  messageId!: number;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'reactions_pkey' })
  emoji!: string;

  @PrimaryColumn({ name: 'user_id', type: 'bigint', primaryKeyConstraintName: 'reactions_pkey' })
  userId!: number;

  @Column({ type: 'bigint' })
  seq!: number;

  @Column({ name: 'emoji_seq', type: 'bigint' })
  emojiSeq!: number;
}
