-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.flush
SELECT * FROM message.flush_messages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- message.flush_alone
SELECT * FROM message.flush_message($1, $2, $3, $4, $5) WHERE id IS NOT NULL;

-- message.get_sent
SELECT m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
  SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
  FROM (
    SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
    (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
    FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
  ) e
) END AS reactions, EXISTS (SELECT FROM message.chat_heads h
  JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
  AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1) WHERE h.chat_id = m.chat_id) AS is_present FROM (
  SELECT m.*, i.place, sum(octet_length(m.content)) OVER (ORDER BY i.place) - octet_length(m.content) AS text_before
  FROM unnest($2::bigint[]) WITH ORDINALITY i(message_id, place)
  CROSS JOIN LATERAL (SELECT * FROM message.messages WHERE id = i.message_id LIMIT 1) m
  WHERE m.sender_id = $1
) m WHERE text_before < 589824 ORDER BY m.place;
