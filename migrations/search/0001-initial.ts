import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What can be found, and how far the log of each chat has been read. */
export class SearchInitial1700000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE search.documents (
        chat_id bigint NOT NULL,
        message_id bigint NOT NULL,
        seq bigint NOT NULL,
        version bigint NOT NULL,
        sender_id bigint NOT NULL,
        created_at timestamptz(3) NOT NULL,
        content text NOT NULL,
        words tsvector NOT NULL,
        CONSTRAINT documents_pkey PRIMARY KEY (chat_id, message_id)
      );
      -- Without a list of pending entries, which every search would have to read through.
      CREATE INDEX idx_messages_content_gin ON search.documents USING gin (words) WITH (fastupdate = off);
      CREATE INDEX idx_documents_recent ON search.documents (created_at, message_id);

      CREATE TABLE search.index_heads (
        chat_id bigint NOT NULL,
        seq bigint NOT NULL,
        CONSTRAINT index_heads_pkey PRIMARY KEY (chat_id)
      ) WITH (fillfactor = 50);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE search.documents, search.index_heads');
  }
}
