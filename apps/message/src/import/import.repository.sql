-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.import_analyze
SELECT 1 AS analyzed, message.analyze_log() FROM (
  SELECT greatest(reltuples, 0) AS messages FROM pg_class WHERE oid = 'message.messages'::regclass OFFSET 0
) known WHERE (SELECT sum(message_count) FROM message.chat_heads) - known.messages >= $1 + known.messages / 50;

-- message.import_claim
INSERT INTO message.import_keys (workspace_id, import_id, chat_id)
SELECT DISTINCT $1::bigint, i.id, $2::bigint FROM unnest($3::text[]) i(id) ORDER BY i.id
ON CONFLICT DO NOTHING RETURNING import_id;

-- message.import_follow
UPDATE message.message_status SET delivered_seq = $3, read_seq = $3, read_count = $4
WHERE user_id = $1 AND chat_id = $2 AND read_count = $5;

-- message.import_insert
INSERT INTO message.messages (chat_id, seq, ordinal, version, sender_id, content, created_at)
SELECT $1::bigint, $2::bigint + i.place, $3::bigint + i.place, $2::bigint + i.place, i.sender_id, i.content,
i.created_at
FROM unnest($4::bigint[], $5::text[], $6::timestamptz[]) WITH ORDINALITY i(sender_id, content, created_at, place)
ORDER BY i.place;
