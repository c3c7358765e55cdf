-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.workspace.counts
SELECT
(SELECT count(*) FROM chat.workspace_users WHERE workspace_id = $1 AND deleted_at IS NULL) AS member_count,
(SELECT count(*) FROM chat.chats WHERE workspace_id = $1 AND deleted_at IS NULL) AS chat_count;

-- chat.workspace.find
SELECT w.id, w.name, u.role, w.created_at, w.updated_at
FROM chat.workspace_users u JOIN chat.workspaces w ON w.id = u.workspace_id AND w.deleted_at IS NULL
WHERE u.user_id = $1 AND u.deleted_at IS NULL AND w.id = $2;

-- chat.workspace.insert
WITH made AS (
  INSERT INTO chat.workspaces (name, personal_of) VALUES ($2, $3) ON CONFLICT DO NOTHING
  RETURNING id, name, created_at, updated_at
), owned AS (
  INSERT INTO chat.workspace_users (workspace_id, user_id, role) SELECT id, $1, 'owner' FROM made RETURNING role
)
SELECT made.*, owned.role FROM made, owned;

-- chat.workspace.list
SELECT w.id, w.name, u.role, w.created_at, w.updated_at
FROM chat.workspace_users u JOIN chat.workspaces w ON w.id = u.workspace_id AND w.deleted_at IS NULL
WHERE u.user_id = $1 AND u.deleted_at IS NULL ORDER BY w.id LIMIT $2;

-- chat.workspace.lock
SELECT FROM chat.workspaces WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE;

-- chat.workspace.personal_of
SELECT id FROM chat.workspaces WHERE personal_of = $1 AND deleted_at IS NULL;

-- chat.workspace.rename
UPDATE chat.workspaces SET name = $2, updated_at = clock_timestamp()
WHERE id = $1 AND deleted_at IS NULL RETURNING updated_at;
