-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.workspace_user.list
SELECT u.user_id, u.role, u.joined_at FROM chat.workspace_users u
WHERE u.workspace_id = $1 AND u.deleted_at IS NULL AND u.user_id > $3
AND ($4::boolean IS FALSE OR u.user_id = $2 OR EXISTS (
    SELECT FROM chat.chat_members mine
    JOIN chat.chats c ON c.id = mine.chat_id AND c.workspace_id = $1 AND c.deleted_at IS NULL
    JOIN chat.chat_members theirs ON theirs.chat_id = mine.chat_id AND theirs.left_at IS NULL
    WHERE mine.user_id = $2 AND mine.left_at IS NULL AND theirs.user_id = u.user_id
))
ORDER BY u.user_id LIMIT $5;

-- chat.workspace_user.lock
SELECT * FROM chat.workspace_users WHERE workspace_id = $1 AND user_id = $2 FOR UPDATE;

-- chat.workspace_user.other_owners
SELECT FROM chat.workspace_users
WHERE workspace_id = $1 AND user_id <> $2 AND role = 'owner' AND deleted_at IS NULL LIMIT 1;

-- chat.workspace_user.role
SELECT u.role FROM chat.workspace_users u JOIN chat.workspaces w ON w.id = u.workspace_id AND w.deleted_at IS NULL
WHERE u.workspace_id = $1 AND u.user_id = $2 AND u.deleted_at IS NULL;

-- chat.workspace_user.role_now
SELECT role FROM chat.workspace_users WHERE workspace_id = $1 AND user_id = $2 AND deleted_at IS NULL;

-- chat.workspace_user.set_role
UPDATE chat.workspace_users SET role = $3 WHERE workspace_id = $1 AND user_id = $2 AND deleted_at IS NULL;

-- chat.workspace_user.share
SELECT u.user_id, u.role FROM chat.workspace_users u
WHERE u.workspace_id = $1 AND u.user_id = ANY($2) AND u.deleted_at IS NULL
AND EXISTS (SELECT FROM chat.workspaces w WHERE w.id = $1 AND w.deleted_at IS NULL)
ORDER BY u.user_id FOR SHARE OF u;

-- chat.workspace_user.visible_among
SELECT DISTINCT other.user_id
FROM chat.workspace_users mine
JOIN chat.workspaces w ON w.id = mine.workspace_id AND w.deleted_at IS NULL
JOIN chat.workspace_users other ON other.workspace_id = mine.workspace_id AND other.deleted_at IS NULL
WHERE mine.user_id = $1 AND mine.deleted_at IS NULL AND ($2::bigint IS NULL OR mine.workspace_id = $2)
AND (mine.role <> 'guest' OR other.user_id = $1 OR EXISTS (
    SELECT FROM chat.chat_members here
    JOIN chat.chats c ON c.id = here.chat_id AND c.workspace_id = mine.workspace_id AND c.deleted_at IS NULL
    JOIN chat.chat_members there ON there.chat_id = here.chat_id AND there.left_at IS NULL
    WHERE here.user_id = $1 AND here.left_at IS NULL AND there.user_id = other.user_id
))
AND other.user_id = ANY($3) ORDER BY other.user_id;

-- chat.workspace_user.visible_up_to
WITH mine AS (
  SELECT u.workspace_id, u.role FROM chat.workspace_users u
  JOIN chat.workspaces w ON w.id = u.workspace_id AND w.deleted_at IS NULL
  WHERE u.user_id = $1 AND u.deleted_at IS NULL AND ($2::bigint IS NULL OR u.workspace_id = $2)
)
SELECT CASE WHEN count(*) < $3 THEN coalesce(array_agg(user_id), '{}') END AS user_ids
FROM (
  SELECT user_id FROM mine CROSS JOIN LATERAL (
    SELECT o.user_id FROM chat.workspace_users o WHERE o.workspace_id = mine.workspace_id AND o.deleted_at IS NULL
    ORDER BY o.user_id LIMIT $3
  ) colleagues WHERE mine.role <> 'guest'
  UNION
  SELECT company.user_id FROM mine
  JOIN chat.chat_members here ON here.user_id = $1 AND here.left_at IS NULL
  JOIN chat.chats c ON c.id = here.chat_id AND c.workspace_id = mine.workspace_id AND c.deleted_at IS NULL
  CROSS JOIN LATERAL (
    SELECT there.user_id FROM chat.chat_members there
    JOIN chat.workspace_users o
    ON o.workspace_id = c.workspace_id AND o.user_id = there.user_id AND o.deleted_at IS NULL
    WHERE there.chat_id = c.id AND there.left_at IS NULL ORDER BY there.user_id LIMIT $3
  ) company WHERE mine.role = 'guest'
  UNION
  SELECT $1 FROM mine
  ORDER BY user_id LIMIT $3
) seen;
