import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reactions to messages and what is pinned in a chat. */
export class MessageReactionsAndPins1700000000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- emoji_seq is the seq at which the emoji came to the message: its place, for as long as anybody has it there.
      CREATE TABLE message.reactions (
        chat_id bigint NOT NULL,
        message_id bigint NOT NULL,
        emoji text NOT NULL,
        user_id bigint NOT NULL,
        seq bigint NOT NULL,
        emoji_seq bigint NOT NULL,
        CONSTRAINT reactions_pkey PRIMARY KEY (chat_id, message_id, emoji, user_id)
      );

      -- Says whether there is anything to look up, so that pages of messages without reactions cost nothing more.
      ALTER TABLE message.messages ADD COLUMN reaction_count integer NOT NULL DEFAULT 0;

      CREATE TABLE message.pins (
        chat_id bigint NOT NULL,
        message_id bigint NOT NULL,
        user_id bigint NOT NULL,
        seq bigint NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT pins_pkey PRIMARY KEY (chat_id, message_id)
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE message.pins, message.reactions;
      ALTER TABLE message.messages DROP COLUMN reaction_count;
    `);
  }
}
