-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.outbox.append
INSERT INTO chat.access_outbox (chat_id, version, workspace_id, actor_id, change) VALUES ($1, $2, $3, $4, $5);

-- chat.outbox.discard
DELETE FROM chat.access_outbox WHERE chat_id = $1 AND version <= $2;

-- chat.outbox.open_among
SELECT DISTINCT chat_id FROM chat.access_outbox WHERE chat_id = ANY($1);

-- chat.outbox.open_of
SELECT chat_id, version, workspace_id, actor_id, change FROM chat.access_outbox
WHERE chat_id = $1 ORDER BY version LIMIT 20;

-- chat.outbox.open_of_user
SELECT DISTINCT o.chat_id FROM chat.access_outbox o
JOIN chat.chat_members m ON m.chat_id = o.chat_id AND m.user_id = $2
WHERE o.workspace_id = $1;

-- chat.outbox.open_since
SELECT DISTINCT chat_id FROM chat.access_outbox
WHERE chat_id > $1 AND created_at < clock_timestamp() - make_interval(secs => $2) ORDER BY chat_id LIMIT $3;
