-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.changed_ever
SELECT h.chat_id, a.joined_seq - 1 AS after FROM message.chat_heads h
JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1);

-- message.changed_since
SELECT h.chat_id, greatest(c.first_seq, a.joined_seq) - 1 AS after
FROM message.chat_heads h
JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1)
CROSS JOIN LATERAL (
  SELECT first_seq FROM message.chat_activity
  WHERE chat_id = h.chat_id AND minute >= date_trunc('minute', $2::timestamptz) ORDER BY minute LIMIT 1
) c;

-- message.epoch
SELECT epoch FROM message.log_epoch;

-- message.log_follow
SELECT head.last_seq, (SELECT epoch FROM message.log_epoch) AS epoch, e.* FROM (SELECT coalesce((SELECT h.last_seq FROM message.chat_heads h WHERE h.chat_id = $1), 0) AS last_seq) head
LEFT JOIN LATERAL (
  SELECT * FROM (
    SELECT m.*, sum(size) OVER (ORDER BY entry_seq) - size AS text_before FROM (
      SELECT m.seq AS entry_seq, 'message.created' AS entry_type, NULL::jsonb AS change,
      NULL::timestamptz AS changed_at, octet_length(m.content) AS size, m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
        SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
        FROM (
          SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
          (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
          FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
        ) e
      ) END AS reactions
      FROM (SELECT * FROM message.messages WHERE chat_id = $1 AND seq > $2 AND seq <= $2::bigint + $3::bigint) m
      UNION ALL
      SELECT c.seq, CASE WHEN c.has_message THEN c.type END,
      CASE WHEN NOT c.has_message THEN jsonb_build_object(
        'chat_id', c.chat_id, 'seq', c.seq, 'type', c.type, 'actor_id', c.actor_id, 'data', c.data) END,
      c.created_at, coalesce(octet_length(m.content), pg_column_size(c.data)), m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
        SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
        FROM (
          SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
          (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
          FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
        ) e
      ) END AS reactions
      FROM (
        SELECT *, type IN ('message.updated', 'message.deleted') AS has_message
        FROM message.message_changes WHERE chat_id = $1 AND seq > $2 AND seq <= $2::bigint + $3::bigint
      ) c
      LEFT JOIN LATERAL (SELECT * FROM message.messages WHERE c.has_message AND id = c.message_id LIMIT 1) m ON true
    ) m
  ) sized WHERE text_before < 589824
) e ON true ORDER BY e.entry_seq;

-- message.log_read
SELECT head.last_seq, (SELECT epoch FROM message.log_epoch) AS epoch, e.* FROM (SELECT h.last_seq FROM message.chat_heads h
  JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $4 AND a.left_seq IS NULL AND NOT h.is_deleted
  AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $4) WHERE h.chat_id = $1) head
LEFT JOIN LATERAL (
  SELECT * FROM (
    SELECT m.*, sum(size) OVER (ORDER BY entry_seq) - size AS text_before FROM (
      SELECT m.seq AS entry_seq, 'message.created' AS entry_type, NULL::jsonb AS change,
      NULL::timestamptz AS changed_at, octet_length(m.content) AS size, m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
        SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
        FROM (
          SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
          (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
          FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
        ) e
      ) END AS reactions
      FROM (SELECT * FROM message.messages WHERE chat_id = $1 AND seq > $2 AND seq <= $2::bigint + $3::bigint) m
      UNION ALL
      SELECT c.seq, CASE WHEN c.has_message THEN c.type END,
      CASE WHEN NOT c.has_message THEN jsonb_build_object(
        'chat_id', c.chat_id, 'seq', c.seq, 'type', c.type, 'actor_id', c.actor_id, 'data', c.data) END,
      c.created_at, coalesce(octet_length(m.content), pg_column_size(c.data)), m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
        SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
        FROM (
          SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
          (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
          FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
        ) e
      ) END AS reactions
      FROM (
        SELECT *, type IN ('message.updated', 'message.deleted') AS has_message
        FROM message.message_changes WHERE chat_id = $1 AND seq > $2 AND seq <= $2::bigint + $3::bigint
      ) c
      LEFT JOIN LATERAL (SELECT * FROM message.messages WHERE c.has_message AND id = c.message_id LIMIT 1) m ON true
    ) m
  ) sized WHERE text_before < 589824
) e ON true ORDER BY e.entry_seq;
