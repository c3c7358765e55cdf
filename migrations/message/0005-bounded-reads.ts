import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What keeps three reads from growing with everything there is: chats of a workspace without their tombstones, and what
 * happened in a user's chats since a minute.
 */
export class MessageBoundedReads1700000000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE message.chat_heads ADD COLUMN deleted_count bigint NOT NULL DEFAULT 0;
      UPDATE message.chat_heads h SET deleted_count = d.count FROM (
        SELECT chat_id, count(*) FROM message.messages WHERE deleted_at IS NOT NULL GROUP BY chat_id
      ) d WHERE d.chat_id = h.chat_id;

      -- A chat never changes its workspace, so sends stay HOT updates.
      CREATE INDEX idx_chat_heads_workspace ON message.chat_heads (workspace_id);
      CREATE INDEX idx_chat_activity_chat ON message.chat_activity (chat_id, minute);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX message.idx_chat_activity_chat, message.idx_chat_heads_workspace;
      ALTER TABLE message.chat_heads DROP COLUMN deleted_count;
    `);
  }
}
