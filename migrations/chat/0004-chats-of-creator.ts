import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many chats of a workspace somebody has made is counted before they make another. */
export class ChatsOfCreator1700000000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'CREATE INDEX idx_chats_creator ON chat.chats (workspace_id, created_by) WHERE deleted_at IS NULL',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX chat.idx_chats_creator');
  }
}
