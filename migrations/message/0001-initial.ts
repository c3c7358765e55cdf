import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log of every chat, who may read and write it, and how far everybody has read (README of apps/message). */
export class MessageInitial1700000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE message.log_epoch (
        single boolean NOT NULL DEFAULT true CONSTRAINT log_epoch_single CHECK (single),
        epoch bigint NOT NULL,
        CONSTRAINT log_epoch_pkey PRIMARY KEY (single)
      );
      INSERT INTO message.log_epoch (epoch) VALUES (floor(extract(epoch FROM clock_timestamp()))::bigint);

      -- Every send rewrites one row of it: room on the page and no index but the key keep that a HOT update.
      CREATE TABLE message.chat_heads (
        chat_id bigint NOT NULL,
        workspace_id bigint NOT NULL,
        access_version bigint NOT NULL,
        last_seq bigint NOT NULL,
        message_count bigint NOT NULL,
        last_created_at timestamptz(3),
        last_activity_at timestamptz(3) NOT NULL,
        is_archived boolean NOT NULL DEFAULT false,
        is_deleted boolean NOT NULL DEFAULT false,
        CONSTRAINT chat_heads_pkey PRIMARY KEY (chat_id)
      ) WITH (fillfactor = 50);

      CREATE TABLE message.chat_access (
        chat_id bigint NOT NULL,
        user_id bigint NOT NULL,
        role text NOT NULL CONSTRAINT chat_access_role CHECK (role IN ('owner', 'admin', 'member')),
        joined_seq bigint NOT NULL,
        left_seq bigint,
        CONSTRAINT chat_access_pkey PRIMARY KEY (chat_id, user_id, joined_seq)
      );
      CREATE UNIQUE INDEX chat_access_present ON message.chat_access (chat_id, user_id) WHERE left_seq IS NULL;
      CREATE INDEX idx_chat_members_user_chat ON message.chat_access (user_id, chat_id) WHERE left_seq IS NULL;

      CREATE TABLE message.workspace_denials (
        workspace_id bigint NOT NULL,
        user_id bigint NOT NULL,
        CONSTRAINT workspace_denials_pkey PRIMARY KEY (workspace_id, user_id)
      );

      CREATE SEQUENCE message.messages_id_seq;
      -- The index on id is not declared unique: the sequence makes it so, and chat_id is the key of distribution.
      CREATE TABLE message.messages (
        chat_id bigint NOT NULL,
        seq bigint NOT NULL,
        id bigint NOT NULL DEFAULT nextval('message.messages_id_seq'),
        ordinal bigint NOT NULL,
        version bigint NOT NULL,
        sender_id bigint NOT NULL,
        parent_id bigint,
        reply_count integer NOT NULL DEFAULT 0,
        edited_at timestamptz(3),
        deleted_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        content text NOT NULL,
        mentions bigint[] NOT NULL DEFAULT '{}',
        idempotency_key text,
        content_hash bytea,
        CONSTRAINT messages_pkey PRIMARY KEY (chat_id, seq),
        CONSTRAINT messages_hash_of_key CHECK ((idempotency_key IS NULL) = (content_hash IS NULL))
      );
      ALTER SEQUENCE message.messages_id_seq OWNED BY message.messages.id;
      CREATE INDEX idx_messages_id ON message.messages (id);
      CREATE UNIQUE INDEX messages_idempotency_key ON message.messages (chat_id, sender_id, idempotency_key)
        WHERE idempotency_key IS NOT NULL;
      CREATE INDEX idx_messages_deleted ON message.messages (chat_id, ordinal) WHERE deleted_at IS NOT NULL;

      -- What happened in a chat beside new messages. Of 'message.updated', data is {"content": text before the edit}.
      CREATE TABLE message.message_changes (
        chat_id bigint NOT NULL,
        seq bigint NOT NULL,
        type text NOT NULL,
        message_id bigint,
        user_id bigint,
        actor_id bigint NOT NULL,
        data jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT message_changes_pkey PRIMARY KEY (chat_id, seq)
      );
      CREATE INDEX idx_message_changes_message ON message.message_changes (chat_id, message_id)
        WHERE message_id IS NOT NULL;

      -- Who is named by a message; no user means everybody.
      CREATE TABLE message.mentions (
        chat_id bigint NOT NULL,
        message_id bigint NOT NULL,
        ordinal bigint NOT NULL,
        user_id bigint
      );
      CREATE INDEX idx_mentions_user ON message.mentions (chat_id, user_id, ordinal);

      -- read_count is the ordinal of the last message at or before read_seq.
      CREATE TABLE message.message_status (
        user_id bigint NOT NULL,
        chat_id bigint NOT NULL,
        delivered_seq bigint NOT NULL,
        read_seq bigint NOT NULL,
        read_count bigint NOT NULL,
        CONSTRAINT message_status_pkey PRIMARY KEY (user_id, chat_id)
      ) WITH (fillfactor = 70);

      CREATE TABLE message.inbox_heads (
        user_id bigint NOT NULL,
        version bigint NOT NULL,
        CONSTRAINT inbox_heads_pkey PRIMARY KEY (user_id)
      ) WITH (fillfactor = 70);

      -- The first seq that each chat got in each minute, so that whoever lost an event can ask what has changed.
      CREATE TABLE message.chat_activity (
        minute timestamptz NOT NULL,
        chat_id bigint NOT NULL,
        first_seq bigint NOT NULL,
        CONSTRAINT chat_activity_pkey PRIMARY KEY (minute, chat_id)
      );

      CREATE TABLE message.import_keys (
        workspace_id bigint NOT NULL,
        import_id text NOT NULL,
        chat_id bigint NOT NULL,
        CONSTRAINT import_keys_pkey PRIMARY KEY (workspace_id, import_id)
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE message.import_keys, message.chat_activity, message.inbox_heads, message.message_status,
        message.mentions, message.message_changes, message.messages, message.workspace_denials, message.chat_access,
        message.chat_heads, message.log_epoch;
    `);
  }
}
