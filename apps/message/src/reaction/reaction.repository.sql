-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.reaction_add
INSERT INTO message.reactions (chat_id, message_id, emoji, user_id, seq, emoji_seq)
SELECT $1, $2, $3, $4, $5, coalesce((
    SELECT r.emoji_seq FROM message.reactions r WHERE r.chat_id = $1 AND r.message_id = $2 AND r.emoji = $3 LIMIT 1
  ), $5) ON CONFLICT DO NOTHING RETURNING emoji;

-- message.reaction_count
UPDATE message.messages m SET reaction_count = m.reaction_count + $4, version = $3
WHERE m.chat_id = $1 AND m.seq = $2 RETURNING m.chat_id, m.seq, m.id, m.ordinal, m.version, m.sender_id, m.parent_id, m.reply_count, m.content, m.mentions, m.idempotency_key, m.edited_at, m.deleted_at, m.created_at, CASE WHEN m.reaction_count > 0 THEN (
  SELECT jsonb_agg(jsonb_build_object('emoji', e.emoji, 'count', e.count, 'user_ids', e.user_ids) ORDER BY e.place)
  FROM (
    SELECT r.emoji, min(r.emoji_seq) AS place, count(*) AS count,
    (array_agg(r.user_id ORDER BY r.seq))[1:100] AS user_ids
    FROM message.reactions r WHERE r.chat_id = m.chat_id AND r.message_id = m.id GROUP BY r.emoji
  ) e
) END AS reactions;

-- message.reaction_remove
DELETE FROM message.reactions WHERE chat_id = $1 AND message_id = $2 AND emoji = $3 AND user_id = $4
RETURNING emoji;
