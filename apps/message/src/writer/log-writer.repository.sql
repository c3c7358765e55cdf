-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.advance_head
WITH noted AS (
  INSERT INTO message.chat_activity (minute, chat_id, first_seq)
  SELECT date_trunc('minute', clock_timestamp()), h.chat_id, h.last_seq + 1
  FROM message.chat_heads h WHERE h.chat_id = $1 AND h.last_seq < $2 ON CONFLICT DO NOTHING
)
UPDATE message.chat_heads SET last_seq = $2, message_count = coalesce($3, message_count),
last_activity_at = greatest(last_activity_at, $4), access_version = coalesce($5, access_version),
is_archived = coalesce($6, is_archived), is_deleted = coalesce($7, is_deleted)
WHERE chat_id = $1;

-- message.append_changes
INSERT INTO message.message_changes (chat_id, seq, type, message_id, user_id, actor_id, data, created_at)
SELECT $1, c.*, now.at FROM (SELECT coalesce($8, clock_timestamp())::timestamptz(3) AS at OFFSET 0) now,
unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::jsonb[]) c
RETURNING created_at;

-- message.lock_head
SELECT chat_id, workspace_id, access_version, last_seq, message_count, is_archived, is_deleted
FROM message.chat_heads WHERE chat_id = $1 FOR UPDATE;

-- message.open_head
INSERT INTO message.chat_heads (chat_id, workspace_id, access_version, last_seq, message_count, last_activity_at)
VALUES ($1, $2, 0, 0, 0, clock_timestamp()) ON CONFLICT DO NOTHING;
