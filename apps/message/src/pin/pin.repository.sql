-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.pin_add
INSERT INTO message.pins (chat_id, message_id, user_id, seq, created_at)
VALUES ($1, $2, $3, $4, clock_timestamp()) RETURNING created_at;

-- message.pin_list
SELECT head.as_of_seq, l.* FROM (SELECT h.last_seq AS as_of_seq FROM message.chat_heads h
  JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
  AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1) WHERE h.chat_id = $2) head
LEFT JOIN LATERAL (
  SELECT * FROM (
    SELECT m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
      SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
      FROM (
        SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
        (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
        FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
      ) e
    ) END AS reactions, p.seq AS pin_seq, p.user_id AS pinned_by, p.created_at AS pinned_at,
    count(*) OVER () AS found,
    sum(octet_length(m.content)) OVER (ORDER BY p.seq DESC) - octet_length(m.content) AS text_before
    FROM (SELECT * FROM message.pins WHERE chat_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4) p
    CROSS JOIN LATERAL (SELECT * FROM message.messages WHERE id = p.message_id LIMIT 1) m
  ) counted WHERE text_before < 589824
) l ON true ORDER BY l.pin_seq DESC;

-- message.pin_remove
DELETE FROM message.pins WHERE chat_id = $1 AND message_id = $2 RETURNING message_id;

-- message.pin_state
SELECT count(*) AS pin_count, coalesce(bool_or(message_id = $2), false) AS is_pinned
FROM message.pins WHERE chat_id = $1;
