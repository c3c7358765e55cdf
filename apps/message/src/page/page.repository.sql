-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.count_of_workspace
SELECT coalesce(sum(message_count - deleted_count), 0)::bigint AS message_count
FROM message.chat_heads WHERE workspace_id = $1 AND NOT is_deleted;

-- message.get
SELECT m.* FROM (SELECT m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
    SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
    FROM (
      SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
      (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
      FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
    ) e
  ) END AS reactions FROM message.messages m WHERE m.id = $2 LIMIT 1) m
CROSS JOIN LATERAL (SELECT FROM message.chat_heads h
  JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
  AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1) WHERE h.chat_id = m.chat_id OFFSET 0) present;

-- message.list_after
SELECT head.as_of_seq, p.* FROM (SELECT h.last_seq AS as_of_seq FROM message.chat_heads h
  JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $4 AND a.left_seq IS NULL AND NOT h.is_deleted
  AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $4) WHERE h.chat_id = $1) head
LEFT JOIN LATERAL (SELECT * FROM (
    SELECT m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
      SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
      FROM (
        SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
        (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
        FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
      ) e
    ) END AS reactions, false AS older, count(*) OVER () AS found,
    sum(octet_length(m.content)) OVER (ORDER BY m.seq ASC) - octet_length(m.content) AS text_before
    FROM (SELECT * FROM message.messages WHERE chat_id = $1 AND seq > $2 ORDER BY seq ASC LIMIT $3) m
  ) counted WHERE text_before < 589824) p ON true;

-- message.list_around
SELECT head.as_of_seq, p.* FROM (SELECT h.last_seq AS as_of_seq FROM message.chat_heads h
  JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $4 AND a.left_seq IS NULL AND NOT h.is_deleted
  AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $4) WHERE h.chat_id = $1) head
LEFT JOIN LATERAL ((SELECT * FROM (
      SELECT m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
        SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
        FROM (
          SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
          (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
          FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
        ) e
      ) END AS reactions, true AS older, count(*) OVER () AS found,
      sum(octet_length(m.content)) OVER (ORDER BY m.seq DESC) - octet_length(m.content) AS text_before
      FROM (SELECT * FROM message.messages WHERE chat_id = $1 AND seq <= $2 ORDER BY seq DESC LIMIT $3) m
    ) counted WHERE text_before < 589824) UNION ALL (SELECT * FROM (
      SELECT m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
        SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
        FROM (
          SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
          (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
          FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
        ) e
      ) END AS reactions, false AS older, count(*) OVER () AS found,
      sum(octet_length(m.content)) OVER (ORDER BY m.seq ASC) - octet_length(m.content) AS text_before
      FROM (SELECT * FROM message.messages WHERE chat_id = $1 AND seq > $2 ORDER BY seq ASC LIMIT $3) m
    ) counted WHERE text_before < 589824)) p ON true;

-- message.list_before
SELECT head.as_of_seq, p.* FROM (SELECT h.last_seq AS as_of_seq FROM message.chat_heads h
  JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $4 AND a.left_seq IS NULL AND NOT h.is_deleted
  AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $4) WHERE h.chat_id = $1) head
LEFT JOIN LATERAL (SELECT * FROM (
    SELECT m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
      SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
      FROM (
        SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
        (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
        FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
      ) e
    ) END AS reactions, true AS older, count(*) OVER () AS found,
    sum(octet_length(m.content)) OVER (ORDER BY m.seq DESC) - octet_length(m.content) AS text_before
    FROM (SELECT * FROM message.messages WHERE chat_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3) m
  ) counted WHERE text_before < 589824) p ON true;

-- message.list_edits
SELECT c.data->>'content' AS content, c.created_at FROM message.message_changes c
WHERE c.chat_id = $1 AND c.message_id = $2 AND c.type = 'message.updated' ORDER BY c.seq DESC LIMIT 200;

-- message.list_newest
SELECT head.as_of_seq, p.* FROM (SELECT h.last_seq AS as_of_seq FROM message.chat_heads h WHERE h.chat_id = $1) head
LEFT JOIN LATERAL (SELECT * FROM (
    SELECT m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
      SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
      FROM (
        SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
        (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
        FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
      ) e
    ) END AS reactions, true AS older, count(*) OVER () AS found,
    sum(octet_length(m.content)) OVER (ORDER BY m.seq DESC) - octet_length(m.content) AS text_before
    FROM (SELECT * FROM message.messages WHERE chat_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3) m
  ) counted WHERE text_before < 589824) p ON true;

-- message.locate
SELECT m.seq FROM message.chat_heads h
JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1)
LEFT JOIN (SELECT chat_id, seq FROM message.messages WHERE id = $3 LIMIT 1) m ON m.chat_id = h.chat_id
WHERE h.chat_id = $2;
