-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.activity_forget
DELETE FROM message.chat_activity WHERE minute < $1;

-- message.popular_chats
SELECT chat_id FROM message.chat_activity WHERE minute >= now() - interval '1 hour'
GROUP BY chat_id ORDER BY count(*) DESC, chat_id LIMIT $1;
