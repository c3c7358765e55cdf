-- Written by `npm run queries`, so that a review sees what reaches the database.

CREATE OR REPLACE FUNCTION message.flush_messages(chat_ids bigint[], sender_ids bigint[], contents text[], keys text[], hashes bytea[], parent_ids bigint[], named text[], everyone boolean[], groups integer[], lock_wait_ms integer)
 RETURNS TABLE(place bigint, outcome text, id bigint, seq bigint, ordinal bigint, version bigint, parent_id bigint, reply_count integer, content text, mentions bigint[], edited_at timestamp with time zone, deleted_at timestamp with time zone, created_at timestamp with time zone)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
      #variable_conflict use_column
      DECLARE
        locked bigint[];
        clock timestamptz(3);
      BEGIN
        IF lock_wait_ms IS NULL THEN
          locked := ARRAY(
            SELECT h.chat_id FROM (SELECT DISTINCT c.chat_id FROM unnest(chat_ids) c(chat_id) ORDER BY 1) c
            CROSS JOIN LATERAL (
              SELECT h.chat_id FROM message.chat_heads h WHERE h.chat_id = c.chat_id FOR UPDATE SKIP LOCKED
            ) h
          );
        ELSE
          PERFORM set_config('lock_timeout', lock_wait_ms::text, true);
          locked := ARRAY(
            SELECT h.chat_id FROM (SELECT DISTINCT c.chat_id FROM unnest(chat_ids) c(chat_id) ORDER BY 1) c
            CROSS JOIN LATERAL (
              SELECT h.chat_id FROM message.chat_heads h WHERE h.chat_id = c.chat_id FOR UPDATE
            ) h
          );
        END IF;
        clock := clock_timestamp();

        RETURN QUERY
        WITH known AS (
          SELECT i.*, h.chat_id IS NOT NULL AS is_chat, h.is_archived, h.last_seq, h.message_count,
            greatest(clock, h.last_created_at) AS created_at,
            NOT h.is_deleted AND a.user_id IS NOT NULL AND d.user_id IS NULL AS is_member,
            e.id AS old_id, e.seq AS old_seq, e.ordinal AS old_ordinal, e.version AS old_version, e.reply_count,
            nullif(e.content, i.content) AS old_content, e.mentions AS old_mentions, e.edited_at, e.deleted_at,
            e.created_at AS old_created_at, e.content_hash = i.hash AS is_same,
            t.seq AS parent_seq, t.parent_id IS NOT NULL AS is_parent_reply,
            t.deleted_at IS NOT NULL AS is_parent_deleted
          FROM unnest(chat_ids, sender_ids, contents, keys, hashes, parent_ids, named, everyone, groups) WITH ORDINALITY
            AS i(chat_id, sender_id, content, key, hash, parent_id, named, everyone, group_id, place)
          LEFT JOIN LATERAL (SELECT * FROM message.chat_heads h WHERE h.chat_id = i.chat_id OFFSET 0) h ON true
          LEFT JOIN LATERAL (
            SELECT a.user_id FROM message.chat_access a
            WHERE a.chat_id = i.chat_id AND a.user_id = i.sender_id AND a.left_seq IS NULL OFFSET 0
          ) a ON true
          LEFT JOIN LATERAL (
            SELECT d.user_id FROM message.workspace_denials d
            WHERE d.workspace_id = h.workspace_id AND d.user_id = i.sender_id OFFSET 0
          ) d ON true
          LEFT JOIN LATERAL (
            SELECT * FROM message.messages m
            WHERE m.chat_id = i.chat_id AND m.sender_id = i.sender_id AND m.idempotency_key = i.key OFFSET 0
          ) e ON true
          LEFT JOIN LATERAL (
            SELECT m.chat_id, m.seq, m.parent_id, m.deleted_at FROM message.messages m WHERE m.id = i.parent_id LIMIT 1
          ) t ON t.chat_id = i.chat_id
        ), judged AS (
          SELECT k.*, CASE
            WHEN NOT k.is_chat THEN 'not_found'
            WHEN k.chat_id <> ALL (locked) THEN 'busy'
            WHEN k.old_id IS NOT NULL THEN CASE WHEN k.is_same THEN 'replayed' ELSE 'conflict' END
            WHEN NOT k.is_member THEN 'not_found'
            WHEN k.is_archived THEN 'archived'
            WHEN k.parent_id IS NULL THEN NULL
            WHEN k.parent_seq IS NULL THEN 'no_parent'
            WHEN k.is_parent_reply THEN 'parent_is_reply'
            WHEN k.is_parent_deleted THEN 'parent_deleted'
          END AS judgement
          FROM known k
        ), folded AS (
          SELECT j.*, coalesce(j.judgement, CASE
            WHEN row_number() OVER same_key = 1 THEN 'stored'
            WHEN first_value(j.group_id) OVER same_key <> j.group_id THEN 'busy'
            WHEN first_value(j.hash) OVER same_key = j.hash THEN 'replayed'
            ELSE 'conflict'
          END) AS own_outcome
          FROM judged j
          WINDOW same_key AS (
            PARTITION BY j.chat_id, j.sender_id, j.key, CASE WHEN j.key IS NULL THEN j.place END, j.judgement IS NULL
            ORDER BY j.place
          )
        ), decided AS (
          SELECT f.*, CASE
            WHEN bool_or(f.own_outcome = 'busy') OVER same_group THEN 'busy'
            WHEN f.own_outcome NOT IN ('stored', 'replayed') THEN f.own_outcome
            WHEN bool_or(f.own_outcome NOT IN ('stored', 'replayed')) OVER same_group THEN 'dropped'
            ELSE f.own_outcome
          END AS outcome
          FROM folded f
          WINDOW same_group AS (PARTITION BY f.group_id)
        ), numbered AS (
          SELECT d.*,
            count(*) FILTER (WHERE d.outcome = 'stored') OVER (PARTITION BY d.chat_id ORDER BY d.place) AS step,
            CASE WHEN d.outcome = 'stored' THEN nextval('message.messages_id_seq') END AS new_id,
            CASE WHEN d.outcome = 'stored' AND d.named IS NOT NULL THEN ARRAY(
              SELECT u.id FROM unnest(d.named::bigint[]) WITH ORDINALITY u(id, place)
              WHERE EXISTS (
                SELECT FROM message.chat_access a
                WHERE a.chat_id = d.chat_id AND a.user_id = u.id AND a.left_seq IS NULL
              ) ORDER BY u.place
            ) ELSE '{}' END AS mentions
          FROM decided d
        ), placed AS MATERIALIZED (
          SELECT n.*, n.last_seq + n.step AS seq, n.message_count + n.step AS ordinal FROM numbered n
        ), stored AS (
          INSERT INTO message.messages (
            chat_id, seq, id, ordinal, version, sender_id, parent_id, content, mentions, idempotency_key, content_hash,
            created_at
          )
          SELECT p.chat_id, p.seq, p.new_id, p.ordinal, p.seq, p.sender_id, p.parent_id, p.content, p.mentions, p.key,
            p.hash, p.created_at
          FROM placed p WHERE p.outcome = 'stored'
        ), replied AS (
          UPDATE message.messages m SET reply_count = m.reply_count + r.replies, version = r.seq
          FROM (
            SELECT p.chat_id, p.parent_seq, count(*)::integer AS replies, max(p.seq) AS seq
            FROM placed p WHERE p.outcome = 'stored' AND p.parent_id IS NOT NULL GROUP BY p.chat_id, p.parent_seq
          ) r WHERE m.chat_id = r.chat_id AND m.seq = r.parent_seq
        ), heads AS (
          UPDATE message.chat_heads h
          SET last_seq = s.seq, message_count = s.ordinal, last_created_at = s.created_at,
            last_activity_at = greatest(h.last_activity_at, s.created_at)
          FROM (
            SELECT p.chat_id, max(p.seq) AS seq, max(p.ordinal) AS ordinal, max(p.created_at) AS created_at
            FROM placed p WHERE p.outcome = 'stored' GROUP BY p.chat_id
          ) s WHERE h.chat_id = s.chat_id
        ), read_up_to_own AS (
          INSERT INTO message.message_status AS r (user_id, chat_id, delivered_seq, read_seq, read_count)
          SELECT p.sender_id, p.chat_id, max(p.seq), max(p.seq), max(p.ordinal)
          FROM placed p WHERE p.outcome = 'stored' GROUP BY p.sender_id, p.chat_id
          ON CONFLICT (user_id, chat_id) DO UPDATE SET
            delivered_seq = greatest(r.delivered_seq, excluded.delivered_seq),
            read_seq = greatest(r.read_seq, excluded.read_seq),
            read_count = greatest(r.read_count, excluded.read_count)
        ), noted AS (
          INSERT INTO message.chat_activity (minute, chat_id, first_seq)
          SELECT date_trunc('minute', clock), p.chat_id, min(p.seq)
          FROM placed p WHERE p.outcome = 'stored' GROUP BY p.chat_id
          ON CONFLICT DO NOTHING
        ), mentioned AS (
          INSERT INTO message.mentions (chat_id, message_id, ordinal, user_id)
          SELECT p.chat_id, p.new_id, p.ordinal, u.id
          FROM placed p CROSS JOIN LATERAL (
            SELECT unnest(p.mentions) AS id UNION ALL SELECT NULL WHERE p.everyone
          ) u
          WHERE p.outcome = 'stored'
        )
        SELECT p.place, p.outcome,
          coalesce(p.old_id, first_value(p.new_id) OVER same_key),
          coalesce(p.old_seq, first_value(p.seq) OVER same_key),
          coalesce(p.old_ordinal, first_value(p.ordinal) OVER same_key),
          coalesce(p.old_version, first_value(p.seq) OVER same_key),
          p.parent_id, coalesce(p.reply_count, 0), p.old_content,
          coalesce(p.old_mentions, first_value(p.mentions) OVER same_key),
          p.edited_at::timestamptz, p.deleted_at::timestamptz, coalesce(p.old_created_at, p.created_at)::timestamptz
        FROM placed p
        WINDOW same_key AS (
          PARTITION BY p.chat_id, p.sender_id, p.key, CASE WHEN p.key IS NULL THEN p.place END, p.judgement IS NULL
          ORDER BY p.place
        );
      END
      $function$;
