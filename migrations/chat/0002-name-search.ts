import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ensureTrigrams } from '../trigrams.js';

/**
 * Indexes for finding chats by a part of their name (README of libs/database), each within a workspace: names like
 * "general" are in all of them. GIN has no operators for a bigint, but for an array of one. Trigrams are written at once:
 * what waits in GIN's list is read by every search.
 */
export class ChatNameSearch1700000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ${ensureTrigrams}
      CREATE INDEX idx_chats_name_prefix ON chat.chats (workspace_id, name_key text_pattern_ops)
        WHERE deleted_at IS NULL;
      CREATE INDEX idx_chats_name_trigrams ON chat.chats
        USING gin ((ARRAY[workspace_id]), name_key extensions.gin_trgm_ops)
        WITH (fastupdate = off) WHERE deleted_at IS NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX chat.idx_chats_name_prefix, chat.idx_chats_name_trigrams');
  }
}
