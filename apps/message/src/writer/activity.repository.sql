-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.activity_forget
DELETE FROM message.chat_activity WHERE minute < $1;
