-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.read_advance
WITH target AS (
  SELECT h.chat_id, least($3::bigint, h.last_seq) AS seq FROM message.chat_heads h
  JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
  AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1)
  JOIN message.message_status r ON r.user_id = $1 AND r.chat_id = h.chat_id WHERE h.chat_id = $2
), moved AS (
  UPDATE message.message_status s SET
  delivered_seq = greatest(s.delivered_seq, t.seq),
  read_seq = t.seq,
  read_count = coalesce((
      SELECT m.ordinal FROM message.messages m
      WHERE m.chat_id = t.chat_id AND m.seq <= t.seq ORDER BY m.seq DESC LIMIT 1
    ), 0)
  FROM target t WHERE s.user_id = $1 AND s.chat_id = t.chat_id AND s.read_seq < t.seq
  RETURNING s.user_id
), raised AS (
  INSERT INTO message.inbox_heads AS i (user_id, version) SELECT user_id, 1 FROM moved
  ON CONFLICT (user_id) DO UPDATE SET version = i.version + 1 RETURNING i.version
)
SELECT (SELECT version FROM raised) AS version FROM target;

-- message.read_position
SELECT r.read_seq, h.message_count - r.read_count - (
  SELECT count(*) FROM message.messages d
  WHERE d.chat_id = h.chat_id AND d.ordinal > r.read_count AND d.deleted_at IS NOT NULL
) AS unread_count FROM message.chat_heads h
JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1)
JOIN message.message_status r ON r.user_id = $1 AND r.chat_id = h.chat_id WHERE h.chat_id = $2;
