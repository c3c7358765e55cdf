-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.all_heads
SELECT chat_id, last_seq FROM message.chat_heads WHERE chat_id > $1 ORDER BY chat_id LIMIT $2;

-- message.inbox_versions
SELECT u.user_id, coalesce(i.version, 0) AS version FROM unnest($1::bigint[]) u(user_id)
LEFT JOIN message.inbox_heads i ON i.user_id = u.user_id;

-- message.recent_heads
SELECT h.chat_id, h.last_seq FROM (
  SELECT DISTINCT chat_id FROM message.chat_activity
  WHERE minute >= date_trunc('minute', now()) - interval '3 minutes'
) a CROSS JOIN LATERAL (SELECT * FROM message.chat_heads WHERE chat_id = a.chat_id OFFSET 0) h
ORDER BY h.chat_id;
