-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.replies_after
SELECT parent.as_of_seq, p.* FROM (
  SELECT m.chat_id, m.id, head.as_of_seq
  FROM (SELECT chat_id, id FROM message.messages WHERE id = $2 LIMIT 1) m
  CROSS JOIN LATERAL (
    SELECT h.last_seq AS as_of_seq FROM message.chat_heads h
    JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
    AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1) WHERE h.chat_id = m.chat_id OFFSET 0
  ) head
) parent
LEFT JOIN LATERAL (
  SELECT * FROM (
    SELECT m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
      SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
      FROM (
        SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
        (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
        FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
      ) e
    ) END AS reactions, count(*) OVER () AS found,
    sum(octet_length(m.content)) OVER (ORDER BY m.seq ASC) - octet_length(m.content) AS text_before
    FROM (
      SELECT * FROM message.messages
      WHERE chat_id = parent.chat_id AND parent_id = parent.id AND seq > $3
      ORDER BY seq ASC LIMIT $4
    ) m
  ) counted WHERE text_before < 589824
) p ON true;

-- message.replies_before
SELECT parent.as_of_seq, p.* FROM (
  SELECT m.chat_id, m.id, head.as_of_seq
  FROM (SELECT chat_id, id FROM message.messages WHERE id = $2 LIMIT 1) m
  CROSS JOIN LATERAL (
    SELECT h.last_seq AS as_of_seq FROM message.chat_heads h
    JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
    AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1) WHERE h.chat_id = m.chat_id OFFSET 0
  ) head
) parent
LEFT JOIN LATERAL (
  SELECT * FROM (
    SELECT m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
      SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
      FROM (
        SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
        (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
        FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
      ) e
    ) END AS reactions, count(*) OVER () AS found,
    sum(octet_length(m.content)) OVER (ORDER BY m.seq DESC) - octet_length(m.content) AS text_before
    FROM (
      SELECT * FROM message.messages
      WHERE chat_id = parent.chat_id AND parent_id = parent.id AND seq < $3
      ORDER BY seq DESC LIMIT $4
    ) m
  ) counted WHERE text_before < 589824
) p ON true;
