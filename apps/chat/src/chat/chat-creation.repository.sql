-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.creation.hold_workspace
SELECT FROM chat.workspaces WHERE id = $1 AND deleted_at IS NULL FOR KEY SHARE;
