-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.invite.count_open
SELECT count(*) AS open FROM chat.invites i WHERE i.expires_at > clock_timestamp() AND EXISTS (
  SELECT FROM chat.workspace_users u WHERE u.workspace_id = i.workspace_id AND u.user_id = i.created_by
  AND u.role IN ('owner', 'admin') AND u.deleted_at IS NULL
) AND i.workspace_id = $1;

-- chat.invite.delete
DELETE FROM chat.invites WHERE workspace_id = $1 AND code = $2 RETURNING code;

-- chat.invite.delete_expired
DELETE FROM chat.invites WHERE workspace_id = $1 AND expires_at <= clock_timestamp();

-- chat.invite.find_open
SELECT code, workspace_id, email, role, created_by, created_at, expires_at FROM chat.invites i WHERE i.expires_at > clock_timestamp() AND EXISTS (
  SELECT FROM chat.workspace_users u WHERE u.workspace_id = i.workspace_id AND u.user_id = i.created_by
  AND u.role IN ('owner', 'admin') AND u.deleted_at IS NULL
) AND i.code = $1;

-- chat.invite.insert
INSERT INTO chat.invites (code, workspace_id, email, role, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- chat.invite.list_open
SELECT code, workspace_id, email, role, created_by, created_at, expires_at FROM chat.invites i WHERE i.expires_at > clock_timestamp() AND EXISTS (
  SELECT FROM chat.workspace_users u WHERE u.workspace_id = i.workspace_id AND u.user_id = i.created_by
  AND u.role IN ('owner', 'admin') AND u.deleted_at IS NULL
) AND i.workspace_id = $1 ORDER BY i.created_at DESC, i.code LIMIT $2;
