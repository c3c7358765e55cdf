-- Written by `npm run queries`, so that a review sees what reaches the database.

-- chat.member.add
INSERT INTO chat.chat_members AS m (chat_id, user_id, role)
SELECT $1::bigint, n.user_id, n.role FROM unnest($2::bigint[], $3::text[]) n(user_id, role)
ON CONFLICT (chat_id, user_id) DO UPDATE SET role = excluded.role, joined_at = excluded.joined_at, left_at = NULL
WHERE m.left_at IS NOT NULL
RETURNING m.user_id, EXISTS (SELECT FROM chat.chat_members o WHERE o.user_id = m.user_id AND o.left_at IS NULL OFFSET 8999) AND EXISTS (
  SELECT FROM chat.chat_members o WHERE o.user_id = m.user_id AND o.left_at IS NULL AND (SELECT c.deleted_at FROM chat.chats c WHERE c.id = o.chat_id) IS NULL
  OFFSET 8999
) AS is_full;

-- chat.member.heir
SELECT user_id, role, joined_at FROM chat.chat_members WHERE chat_id = $1 AND left_at IS NULL
ORDER BY role = 'owner' DESC, role = 'admin' DESC, joined_at, user_id LIMIT 1;

-- chat.member.leave
UPDATE chat.chat_members SET left_at = clock_timestamp()
WHERE chat_id = $1 AND user_id = $2 AND left_at IS NULL;

-- chat.member.list
SELECT user_id, role, joined_at FROM chat.chat_members
WHERE chat_id = $1 AND user_id > $2 AND left_at IS NULL ORDER BY user_id LIMIT $3;

-- chat.member.other_owners
SELECT count(*)::int AS owners FROM chat.chat_members
WHERE chat_id = $1 AND user_id <> $2 AND role = 'owner' AND left_at IS NULL;

-- chat.member.present
SELECT user_id, role, joined_at FROM chat.chat_members
WHERE chat_id = $1 AND user_id = ANY($2) AND left_at IS NULL ORDER BY user_id;

-- chat.member.set_role
UPDATE chat.chat_members SET role = $3 WHERE chat_id = $1 AND user_id = $2 AND left_at IS NULL;

-- chat.member.was_member
SELECT FROM chat.chat_members WHERE chat_id = $1 AND user_id = $2 AND left_at IS NOT NULL;
