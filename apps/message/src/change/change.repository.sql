-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.change_get
SELECT a.role, h.is_archived, m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
  SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
  FROM (
    SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
    (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
    FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
  ) e
) END AS reactions
FROM (SELECT * FROM message.messages WHERE id = $3 AND chat_id = $2) m, message.chat_heads h
JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1) WHERE h.chat_id = $2;

-- message.change_locate
SELECT m.chat_id, m.sender_id FROM (SELECT chat_id, sender_id FROM message.messages WHERE id = $2) m, message.chat_heads h
JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1)
WHERE h.chat_id = m.chat_id;

-- message.edit
UPDATE message.messages m SET content = $3, version = $4, edited_at = clock_timestamp(), mentions = ARRAY(
  SELECT u.id FROM unnest($5::bigint[]) WITH ORDINALITY u(id, place) WHERE EXISTS (
    SELECT FROM message.chat_access a WHERE a.chat_id = $1 AND a.user_id = u.id AND a.left_seq IS NULL
  ) ORDER BY u.place
) WHERE m.chat_id = $1 AND m.seq = $2 RETURNING m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
  SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
  FROM (
    SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
    (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
    FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
  ) e
) END AS reactions;

-- message.erase
WITH history AS (
  UPDATE message.message_changes SET data = '{}'
  WHERE chat_id = $1 AND message_id = $4 AND type = 'message.updated'
), counted AS (
  UPDATE message.chat_heads SET deleted_count = deleted_count + 1 WHERE chat_id = $1
), unreacted AS (
  DELETE FROM message.reactions WHERE chat_id = $1 AND message_id = $4
), unpinned AS (
  DELETE FROM message.pins WHERE chat_id = $1 AND message_id = $4
)
UPDATE message.messages m
SET content = '', mentions = '{}', reaction_count = 0, version = $3, deleted_at = clock_timestamp()
WHERE m.chat_id = $1 AND m.seq = $2 RETURNING m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
  SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
  FROM (
    SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
    (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
    FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
  ) e
) END AS reactions;

-- message.mention
INSERT INTO message.mentions (chat_id, message_id, ordinal, user_id)
SELECT $1, $2, $3, u.id FROM (SELECT unnest($4::bigint[]) AS id UNION ALL SELECT NULL WHERE $5::boolean) u;

-- message.unmention
WITH named AS (
  DELETE FROM message.mentions WHERE chat_id = $1 AND ordinal = $2 AND user_id = ANY($3::bigint[])
)
DELETE FROM message.mentions WHERE chat_id = $1 AND ordinal = $2 AND user_id IS NULL;

-- message.unreply
UPDATE message.messages SET reply_count = greatest(reply_count - 1, 0), version = $3
WHERE chat_id = $1 AND seq = (SELECT p.seq FROM message.messages p WHERE p.id = $2 LIMIT 1);
