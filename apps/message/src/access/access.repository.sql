-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.access_allow
DELETE FROM message.workspace_denials WHERE workspace_id = $1 AND user_id = $2;

-- message.access_chats_of
SELECT a.chat_id FROM message.chat_access a JOIN message.chat_heads h ON h.chat_id = a.chat_id
WHERE a.user_id = $2 AND a.left_seq IS NULL AND h.workspace_id = $1 ORDER BY a.chat_id;

-- message.access_deny
INSERT INTO message.workspace_denials (workspace_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- message.access_join
WITH joined AS (
  INSERT INTO message.chat_access (chat_id, user_id, role, joined_seq)
  SELECT $1, j.user_id, j.role, j.seq
  FROM unnest($2::bigint[], $3::text[], $4::bigint[]) j(user_id, role, seq)
  RETURNING user_id, joined_seq
)
INSERT INTO message.message_status AS r (user_id, chat_id, delivered_seq, read_seq, read_count)
SELECT user_id, $1, joined_seq, joined_seq, $5 FROM joined
ON CONFLICT (user_id, chat_id) DO UPDATE SET
delivered_seq = greatest(r.delivered_seq, excluded.delivered_seq),
read_seq = greatest(r.read_seq, excluded.read_seq),
read_count = greatest(r.read_count, excluded.read_count);

-- message.access_leave
UPDATE message.chat_access a SET left_seq = l.seq FROM unnest($2::bigint[], $3::bigint[]) l(user_id, seq)
WHERE a.chat_id = $1 AND a.user_id = l.user_id AND a.left_seq IS NULL;

-- message.access_leave_all
UPDATE message.chat_access SET left_seq = $2 WHERE chat_id = $1 AND left_seq IS NULL RETURNING user_id;

-- message.access_present
SELECT a.user_id FROM unnest($2::bigint[]) u(id) CROSS JOIN LATERAL (
  SELECT user_id FROM message.chat_access WHERE chat_id = $1 AND user_id = u.id AND left_seq IS NULL OFFSET 0
) a;

-- message.access_set_role
UPDATE message.chat_access SET role = $3 WHERE chat_id = $1 AND user_id = $2 AND left_seq IS NULL;

-- message.inbox_raise
INSERT INTO message.inbox_heads AS i (user_id, version)
SELECT u.id, 1 FROM unnest($1::bigint[]) u(id) ORDER BY u.id
ON CONFLICT (user_id) DO UPDATE SET version = i.version + 1 RETURNING user_id, version;
