import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ensureTrigrams } from '../trigrams.js';

/**
 * Indexes for finding users by a part of their name (README of libs/database). Beginnings compare by bytes, so they need
 * an index that does. Trigrams are written at once: what waits in GIN's list is read by every search.
 */
export class AuthNameSearch1700000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ${ensureTrigrams}
      CREATE INDEX idx_users_username_prefix ON auth.users (LOWER(username) text_pattern_ops);
      CREATE INDEX idx_users_username_trigrams ON auth.users USING gin (LOWER(username) extensions.gin_trgm_ops)
        WITH (fastupdate = off);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX auth.idx_users_username_prefix, auth.idx_users_username_trigrams');
  }
}
