-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.admission.admit
INSERT INTO chat.workspace_users AS u (workspace_id, user_id, role) VALUES ($1, $2, $3)
ON CONFLICT (workspace_id, user_id) DO UPDATE
SET role = excluded.role, joined_at = excluded.joined_at, deleted_at = NULL, deleted_by = NULL
WHERE u.deleted_at IS NOT NULL AND u.removal IS NULL
RETURNING u.user_id;

-- chat.admission.find
SELECT * FROM chat.workspace_users WHERE workspace_id = $1 AND user_id = $2;

-- chat.admission.hold_workspace
SELECT c.id FROM chat.workspaces w
JOIN chat.chats c ON c.workspace_id = w.id AND c.is_general AND c.deleted_at IS NULL
WHERE w.id = $1 AND w.deleted_at IS NULL FOR KEY SHARE OF w;
