-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.flush
SELECT * FROM message.flush_messages($1, $2, $3, $4, $5, $6, $7, $8);
