-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.browse
SELECT c.id, c.workspace_id, c.type, c.name, c.description, c.is_private, c.is_archived, c.is_general, c.member_count, c.access_version, c.created_by, c.created_at, c.updated_at, c.deleted_at FROM chat.chats c
LEFT JOIN chat.chat_members m ON m.chat_id = c.id AND m.user_id = $2 AND m.left_at IS NULL
WHERE c.workspace_id = $1 AND c.deleted_at IS NULL AND c.type = 'channel' AND NOT c.is_private AND NOT c.is_archived
AND m.user_id IS NULL AND strpos(c.name_key, $3) > 0
AND ($4::bigint = 0 OR c.name_key > (SELECT a.name_key FROM chat.chats a WHERE a.id = $4 AND a.workspace_id = $1))
ORDER BY c.name_key LIMIT $5;

-- chat.channels_named
SELECT c.id, c.name_key, c.is_private, c.is_archived, m.role AS chat_role FROM chat.chats c
LEFT JOIN chat.chat_members m ON m.chat_id = c.id AND m.user_id = $2 AND m.left_at IS NULL
WHERE c.workspace_id = $1 AND c.name_key = ANY($3) AND c.type = 'channel' AND c.deleted_at IS NULL;

-- chat.direct_of
SELECT c.id, c.workspace_id, c.type, c.name, c.description, c.is_private, c.is_archived, c.is_general, c.member_count, c.access_version, c.created_by, c.created_at, c.updated_at, c.deleted_at FROM chat.chats c WHERE c.workspace_id = $1 AND c.direct_key = $2 AND c.deleted_at IS NULL;

-- chat.find
SELECT c.id, c.workspace_id, c.type, c.name, c.description, c.is_private, c.is_archived, c.is_general, c.member_count, c.access_version, c.created_by, c.created_at, c.updated_at, c.deleted_at, u.role AS workspace_role, m.role AS chat_role
FROM chat.workspace_users u
JOIN chat.workspaces w ON w.id = u.workspace_id AND w.deleted_at IS NULL
JOIN chat.chats c ON c.workspace_id = u.workspace_id AND c.deleted_at IS NULL
LEFT JOIN chat.chat_members m ON m.chat_id = c.id AND m.user_id = u.user_id AND m.left_at IS NULL
WHERE u.user_id = $1 AND u.deleted_at IS NULL AND c.id = $2;

-- chat.find_many
SELECT c.id, c.workspace_id, c.type, c.name, c.description, c.is_private, c.is_archived, c.is_general, c.member_count, c.access_version, c.created_by, c.created_at, c.updated_at, c.deleted_at
FROM (SELECT chat_id FROM chat.chat_members WHERE user_id = $1 AND chat_id = ANY($2) AND left_at IS NULL OFFSET 0) m
JOIN chat.chats c ON c.id = m.chat_id AND c.deleted_at IS NULL
JOIN chat.workspaces w ON w.id = c.workspace_id AND w.deleted_at IS NULL
JOIN chat.workspace_users u ON u.workspace_id = c.workspace_id AND u.user_id = $1 AND u.deleted_at IS NULL;

-- chat.general_of
SELECT id FROM chat.chats WHERE workspace_id = $1 AND is_general AND deleted_at IS NULL;

-- chat.live_of
SELECT id FROM chat.chats WHERE workspace_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2;

-- chat.memberships_of
SELECT m.chat_id AS id FROM chat.chat_members m JOIN chat.chats c ON c.id = m.chat_id
WHERE m.user_id = $2 AND m.left_at IS NULL AND c.workspace_id = $1 AND c.deleted_at IS NULL
ORDER BY m.chat_id LIMIT $3;

-- chat.search
SELECT c.id, c.workspace_id, c.type, c.name, c.description, c.is_private, c.is_archived, c.is_general, c.member_count, c.access_version, c.created_by, c.created_at, c.updated_at, c.deleted_at FROM chat.workspace_users mine
JOIN chat.workspaces w ON w.id = mine.workspace_id AND w.deleted_at IS NULL
CROSS JOIN LATERAL (
  (
    SELECT c.* FROM chat.chats c WHERE c.workspace_id = mine.workspace_id AND c.deleted_at IS NULL
    AND ((c.type = 'channel' AND NOT c.is_private AND mine.role <> 'guest') OR EXISTS (
        SELECT FROM chat.chat_members m WHERE m.chat_id = c.id AND m.user_id = $4 AND m.left_at IS NULL))
    AND c.name_key ~>=~ $1::text AND c.name_key ~<~ ($1::text || chr(1114111)) ORDER BY c.name_key USING ~<~ LIMIT $7
  )
  UNION ALL (SELECT c.* FROM chat.chats c WHERE ARRAY[c.workspace_id] @> ARRAY[mine.workspace_id] AND c.deleted_at IS NULL
    AND ((c.type = 'channel' AND NOT c.is_private AND mine.role <> 'guest') OR EXISTS (
        SELECT FROM chat.chat_members m WHERE m.chat_id = c.id AND m.user_id = $4 AND m.left_at IS NULL)) AND c.name_key LIKE '%' || $2::text || '%' AND NOT starts_with(c.name_key, $1::text) LIMIT $7)
  UNION ALL (SELECT c.* FROM chat.chats c WHERE ARRAY[c.workspace_id] @> ARRAY[mine.workspace_id] AND c.deleted_at IS NULL
    AND ((c.type = 'channel' AND NOT c.is_private AND mine.role <> 'guest') OR EXISTS (
        SELECT FROM chat.chat_members m WHERE m.chat_id = c.id AND m.user_id = $4 AND m.left_at IS NULL)) AND $3::text OPERATOR(extensions.<%) c.name_key AND strpos(c.name_key, $1::text) = 0 LIMIT $7)
  LIMIT $7
) c
WHERE mine.user_id = $4 AND mine.deleted_at IS NULL AND ($5::bigint IS NULL OR mine.workspace_id = $5)
ORDER BY CASE
WHEN c.name_key = $1::text THEN 0
WHEN starts_with(c.name_key, $1::text) THEN 1
WHEN c.name_key LIKE ANY (ARRAY['% ' || $2::text || '%',
  '%.' || $2::text || '%',
  '%-' || $2::text || '%',
  '%\_' || $2::text || '%']) THEN 2
WHEN strpos(c.name_key, $1::text) > 0 THEN 3
ELSE 5 - extensions.word_similarity($3::text, c.name_key)
END, length(c.name_key), c.name_key, c.id LIMIT $6;
