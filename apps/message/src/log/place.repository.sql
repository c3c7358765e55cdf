-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.places
SELECT u.user_id, coalesce(v.version, 0) AS version, (SELECT epoch FROM message.log_epoch) AS epoch, p.*
FROM unnest($1::bigint[]) WITH ORDINALITY u(user_id, place)
LEFT JOIN message.inbox_heads v ON v.user_id = u.user_id
LEFT JOIN LATERAL (
  SELECT h.chat_id, a.joined_seq, h.last_seq FROM message.chat_heads h
  JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = u.user_id AND a.left_seq IS NULL AND NOT h.is_deleted
  AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = u.user_id)
  ORDER BY a.chat_id DESC LIMIT 10000
) p ON true
ORDER BY u.place LIMIT 12000;

-- message.small_chats
SELECT c.chat_id FROM unnest($1::bigint[]) c(chat_id) WHERE (
  SELECT count(*) FROM (
    SELECT FROM message.chat_access WHERE chat_id = c.chat_id AND left_seq IS NULL LIMIT 101
  ) m
) <= 100;
