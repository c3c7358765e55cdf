-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.deletion.closed
UPDATE chat.workspaces SET is_closing = false WHERE id = $1;

-- chat.deletion.deleted_by
SELECT deleted_by FROM chat.workspaces WHERE id = $1 AND is_closing;

-- chat.deletion.lock
SELECT deleted_at FROM chat.workspaces WHERE id = $1 FOR UPDATE;

-- chat.deletion.mark
WITH gone AS (DELETE FROM chat.invites WHERE workspace_id = $1)
UPDATE chat.workspaces SET deleted_at = clock_timestamp(), deleted_by = $2, is_closing = true WHERE id = $1;

-- chat.deletion.unfinished
SELECT id FROM chat.workspaces WHERE is_closing ORDER BY id LIMIT $1;
