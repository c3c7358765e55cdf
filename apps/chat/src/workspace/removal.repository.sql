-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.removal.find
SELECT * FROM chat.workspace_users WHERE workspace_id = $1 AND user_id = $2 AND deleted_at IS NOT NULL;

-- chat.removal.leaving
SELECT deleted_by FROM chat.workspace_users
WHERE workspace_id = $1 AND user_id = $2 AND removal = 'leave' FOR SHARE;

-- chat.removal.mark
WITH own AS (
  UPDATE chat.workspaces SET personal_of = NULL WHERE id = $1 AND personal_of = $2
)
UPDATE chat.workspace_users SET deleted_at = clock_timestamp(), deleted_by = $3, removal = 'deny'
WHERE workspace_id = $1 AND user_id = $2 AND deleted_at IS NULL;

-- chat.removal.set_step
UPDATE chat.workspace_users SET removal = $3 WHERE workspace_id = $1 AND user_id = $2;

-- chat.removal.unfinished
SELECT workspace_id, user_id FROM chat.workspace_users WHERE removal IN ('deny', 'leave')
ORDER BY workspace_id, user_id LIMIT $1;
