/** Workspace 1 has 20,000 people and 2,500 chats; user 1 is in 20 workspaces and 500 chats. */
export const chatData = `
  SET search_path = chat;
  INSERT INTO workspaces (id, name, personal_of) SELECT n, 'workspace ' || n, n FROM generate_series(1, 20000) n;
  UPDATE workspaces SET deleted_at = now(), deleted_by = 1, is_closing = true WHERE id % 1000 = 7;

  INSERT INTO workspace_users (workspace_id, user_id, role, deleted_at, deleted_by, removal)
  SELECT 1, n, CASE WHEN n <= 3 THEN 'owner' WHEN n % 20 = 0 THEN 'guest' ELSE 'member' END,
    CASE WHEN n % 100 = 9 THEN now() END, CASE WHEN n % 100 = 9 THEN 1 END,
    CASE WHEN n % 100 = 9 THEN CASE WHEN n % 1000 = 9 THEN 'leave' ELSE 'done' END END
  FROM generate_series(1, 20000) n;
  INSERT INTO workspace_users (workspace_id, user_id, role) SELECT n, n, 'owner' FROM generate_series(2, 20000) n;
  INSERT INTO workspace_users (workspace_id, user_id, role) SELECT n, 1, 'member' FROM generate_series(2, 20) n;

  INSERT INTO invites (code, workspace_id, email, role, created_by, expires_at)
  SELECT 'code-' || n, 1 + n / 2, NULL, 'member', 1, now() + (n % 40 - 10) * interval '1 day' FROM generate_series(0, 9999) n;

  INSERT INTO chats (id, workspace_id, type, name, name_key, is_private, is_general, direct_key, member_count, created_by)
  SELECT n, CASE WHEN n <= 2500 THEN 1 ELSE n END, kind, 'Chat ' || n, 'chat ' || n, n % 3 = 0 OR kind <> 'channel',
    n = 1 OR n > 2500 AND kind = 'channel' AND n % 3 <> 0, CASE WHEN kind = 'direct' THEN '1:' || n END, 10, 1
  FROM generate_series(1, 20000) n
  CROSS JOIN LATERAL (SELECT CASE WHEN n % 10 = 5 THEN 'direct' ELSE 'channel' END AS kind) k;
  INSERT INTO chat_members (chat_id, user_id, role, left_at)
  SELECT c.id, u, CASE WHEN u <= 2 THEN 'owner' ELSE 'member' END, CASE WHEN u % 17 = 3 THEN now() END
  FROM chats c, generate_series(1, CASE WHEN c.id = 1 THEN 1000 WHEN c.id <= 500 THEN 10 ELSE 0 END) u
  UNION ALL SELECT c.id, 100 + (c.id * 7 + u) % 19000, 'member', NULL::timestamptz FROM chats c, generate_series(1, 5) u WHERE c.id > 500;

  INSERT INTO access_outbox (chat_id, version, workspace_id, actor_id, change, created_at)
  SELECT 501 + n, 1, 1, 1, '{"type": "chat.created"}', now() - n * interval '1 second' FROM generate_series(1, 2000) n;

  SELECT setval('workspaces_id_seq', 20000), setval('chats_id_seq', 20000);
`;
