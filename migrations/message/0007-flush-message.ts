import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `message.flush_message`: the short cut for one plain message that comes alone, without parent and mentions. It answers
 * null where it has stored nothing: the head is locked by somebody else, the sender may not write there, or the key was
 * used. `flush_messages` says then what is the case, so nothing is judged here; what is stored is the same in both.
 *
 * The first statement locks the head; those after it have fresh snapshots and see what was committed before.
 */
export class MessageFlushOne1700000000007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION message.flush_message(
        to_chat bigint, sender bigint, content text, key text, hash bytea,
        OUT id bigint, OUT seq bigint, OUT ordinal bigint, OUT created_at timestamptz
      ) LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $function$
      #variable_conflict use_column
      DECLARE
        clock timestamptz(3);
      BEGIN
        PERFORM FROM message.chat_heads h WHERE h.chat_id = to_chat FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
          RETURN;
        END IF;
        clock := clock_timestamp();

        UPDATE message.chat_heads h
        SET last_seq = h.last_seq + 1, message_count = h.message_count + 1,
          last_created_at = greatest(clock, h.last_created_at), last_activity_at = greatest(h.last_activity_at, clock)
        WHERE h.chat_id = to_chat AND NOT h.is_deleted AND NOT h.is_archived
          AND EXISTS (
            SELECT FROM message.chat_access a
            WHERE a.chat_id = to_chat AND a.user_id = sender AND a.left_seq IS NULL OFFSET 0
          )
          AND NOT EXISTS (
            SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = sender OFFSET 0
          )
          AND NOT EXISTS (
            SELECT FROM message.messages m
            WHERE m.chat_id = to_chat AND m.sender_id = sender AND m.idempotency_key = flush_message.key OFFSET 0
          )
        RETURNING h.last_seq, h.message_count, h.last_created_at
        INTO flush_message.seq, flush_message.ordinal, flush_message.created_at;
        IF NOT FOUND THEN
          RETURN;
        END IF;

        INSERT INTO message.messages (
          chat_id, seq, ordinal, version, sender_id, content, idempotency_key, content_hash, created_at
        ) VALUES (
          to_chat, flush_message.seq, flush_message.ordinal, flush_message.seq, sender, flush_message.content,
          flush_message.key, hash, flush_message.created_at
        ) RETURNING messages.id INTO flush_message.id;

        INSERT INTO message.message_status AS r (user_id, chat_id, delivered_seq, read_seq, read_count)
        VALUES (sender, to_chat, flush_message.seq, flush_message.seq, flush_message.ordinal)
        ON CONFLICT (user_id, chat_id) DO UPDATE SET
          delivered_seq = greatest(r.delivered_seq, excluded.delivered_seq),
          read_seq = greatest(r.read_seq, excluded.read_seq),
          read_count = greatest(r.read_count, excluded.read_count);

        INSERT INTO message.chat_activity (minute, chat_id, first_seq)
        VALUES (date_trunc('minute', clock), to_chat, flush_message.seq)
        ON CONFLICT DO NOTHING;
      END
      $function$;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION message.flush_message(bigint, bigint, text, text, bytea)');
  }
}
