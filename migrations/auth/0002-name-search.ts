import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes for finding users by a part of their name (README of libs/database). Beginnings compare by bytes, so they need
 * an index that does. Trigrams are written at once: what waits in GIN's list is read by every search.
 */
export class AuthNameSearch1700000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- The owner of the database may make trigrams where db:prepare has not: it would also change all passwords.
      DO $$ BEGIN
        IF to_regproc('extensions.gin_extract_query_trgm') IS NULL THEN
          CREATE SCHEMA IF NOT EXISTS extensions;
          GRANT USAGE ON SCHEMA extensions TO PUBLIC;
          CREATE EXTENSION pg_trgm SCHEMA extensions;
          PERFORM extensions.show_limit();
          EXECUTE format('ALTER DATABASE %I SET pg_trgm.word_similarity_threshold = 0.35', current_database());
        END IF;
      EXCEPTION WHEN OTHERS THEN
        RAISE 'The extension pg_trgm cannot be made (%). Run npm run db:prepare first', SQLERRM;
      END $$;
      CREATE INDEX idx_users_username_prefix ON auth.users (LOWER(username) text_pattern_ops);
      CREATE INDEX idx_users_username_trigrams ON auth.users USING gin (LOWER(username) extensions.gin_trgm_ops)
        WITH (fastupdate = off);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX auth.idx_users_username_prefix, auth.idx_users_username_trigrams');
  }
}
