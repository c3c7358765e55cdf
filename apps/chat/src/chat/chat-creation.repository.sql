-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.creation.hold_workspace
SELECT EXISTS (
  SELECT FROM chat.chats c WHERE c.workspace_id = w.id AND c.created_by = $2 AND c.deleted_at IS NULL OFFSET $3 - 1
) AS is_full
FROM chat.workspaces w WHERE w.id = $1 AND w.deleted_at IS NULL FOR KEY SHARE OF w;
