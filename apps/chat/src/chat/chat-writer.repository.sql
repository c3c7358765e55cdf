-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.insert
INSERT INTO chat.chats AS c (
  workspace_id, type, name, name_key, description, is_private, is_general, created_by, member_count, direct_key
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT DO NOTHING RETURNING c.id, c.workspace_id, c.type, c.name, c.description, c.is_private, c.is_archived, c.is_general, c.member_count, c.access_version, c.created_by, c.created_at, c.updated_at, c.deleted_at;

-- chat.lock
SELECT c.id, c.workspace_id, c.type, c.name, c.description, c.is_private, c.is_archived, c.is_general, c.member_count, c.access_version, c.created_by, c.created_at, c.updated_at, c.deleted_at FROM chat.chats c WHERE c.id = $1 FOR UPDATE;

-- chat.mark_deleted
UPDATE chat.chats SET deleted_at = clock_timestamp(), updated_at = clock_timestamp() WHERE id = $1;

-- chat.raise_version
UPDATE chat.chats c SET access_version = c.access_version + $2, member_count = c.member_count + $3
WHERE c.id = $1 RETURNING c.id, c.workspace_id, c.type, c.name, c.description, c.is_private, c.is_archived, c.is_general, c.member_count, c.access_version, c.created_by, c.created_at, c.updated_at, c.deleted_at;

-- chat.standing
SELECT u.role AS workspace_role, (
  SELECT m.role FROM chat.chat_members m WHERE m.chat_id = $2 AND m.user_id = $3 AND m.left_at IS NULL
) AS chat_role
FROM chat.workspace_users u
WHERE u.workspace_id = $1 AND u.user_id = $3 AND u.deleted_at IS NULL
AND EXISTS (SELECT FROM chat.workspaces w WHERE w.id = $1 AND w.deleted_at IS NULL)
FOR SHARE OF u;

-- chat.update
UPDATE chat.chats c SET name = $2, name_key = $3, description = $4, is_private = $5, is_archived = $6,
updated_at = clock_timestamp()
WHERE c.id = $1 RETURNING c.id, c.workspace_id, c.type, c.name, c.description, c.is_private, c.is_archived, c.is_general, c.member_count, c.access_version, c.created_by, c.created_at, c.updated_at, c.deleted_at;
