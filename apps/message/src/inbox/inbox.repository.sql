-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.inbox
SELECT v.version, (SELECT epoch FROM message.log_epoch) AS epoch, c.*
FROM (SELECT coalesce((SELECT version FROM message.inbox_heads WHERE user_id = $1), 0) AS version) v
LEFT JOIN LATERAL (
  SELECT * FROM (
    SELECT p.*, l.*, count(*) OVER () AS found,
    sum(400 + coalesce(octet_length(l.content), 0)) OVER (ORDER BY p.last_activity_at DESC, p.chat_id DESC)
    - coalesce(octet_length(l.content), 0) AS text_before
    FROM (
      SELECT h.chat_id, h.workspace_id, a.role, a.joined_seq, h.last_seq, r.read_seq, h.last_activity_at,
      h.message_count - r.read_count - (
        SELECT count(*) FROM message.messages d
        WHERE d.chat_id = h.chat_id AND d.ordinal > r.read_count AND d.deleted_at IS NOT NULL
      ) AS unread_count,
      (SELECT count(*) FROM (
          SELECT ordinal FROM message.mentions WHERE chat_id = h.chat_id AND user_id = $1 AND ordinal > r.read_count
          UNION
          SELECT ordinal FROM message.mentions WHERE chat_id = h.chat_id AND user_id IS NULL AND ordinal > r.read_count
        ) n) AS mention_count
      FROM message.chat_heads h
      JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
      AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1)
      JOIN message.message_status r ON r.user_id = $1 AND r.chat_id = h.chat_id
      WHERE ($2::bigint IS NULL OR h.workspace_id = $2)
      AND ($3::timestamptz IS NULL OR (h.last_activity_at, h.chat_id) < ($3, $4::bigint))
      ORDER BY h.last_activity_at DESC, h.chat_id DESC LIMIT $5
    ) p
    LEFT JOIN LATERAL (
      SELECT m.id AS message_id, m.sender_id, m.content, m.created_at FROM (
        SELECT * FROM message.messages WHERE chat_id = p.chat_id ORDER BY seq DESC LIMIT 1000
      ) m WHERE m.deleted_at IS NULL ORDER BY m.seq DESC LIMIT 1
    ) l ON true
  ) sized WHERE text_before < 589824
) c ON true ORDER BY c.last_activity_at DESC, c.chat_id DESC;

-- message.readable_chats
SELECT h.chat_id FROM message.chat_heads h
JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1)
WHERE ($2::bigint IS NULL OR h.workspace_id = $2) AND ($3::bigint[] IS NULL OR h.chat_id = ANY($3))
ORDER BY h.chat_id;
