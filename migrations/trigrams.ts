/**
 * Trigrams for the indexes of names, as SQL; never changed, like the migrations that need them. The owner of the database
 * may make them where `db:prepare` has not, which would also change all passwords.
 */
export const ensureTrigrams = `
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
      END $$;`;
