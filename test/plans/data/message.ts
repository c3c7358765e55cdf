/**
 * 1.1 million messages. User 1 is in 500 chats. Chat 1 holds more than half of all messages, every one of them unread
 * by user 1; chat 2 ends in 50,000 tombstones; in chat 3 every message names user 1. Every tenth place of a log is an
 * edit of a message before it.
 */
export const messageData = `
  SET search_path = message;
  CREATE TEMP TABLE sizes AS SELECT n AS chat_id, CASE
    WHEN n = 1 THEN 600000 WHEN n = 2 THEN 60000 WHEN n = 3 THEN 40000 WHEN n <= 500 THEN 1000 WHEN n <= 2500 THEN 20 ELSE 5
  END::bigint AS last_seq FROM generate_series(1, 20000) n;

  INSERT INTO chat_heads (chat_id, workspace_id, access_version, last_seq, message_count, last_created_at, last_activity_at)
  SELECT chat_id, CASE WHEN chat_id <= 500 THEN 1 ELSE 1 + chat_id % 50 END, 1, last_seq, last_seq - last_seq / 10,
    now(), now() - chat_id * interval '1 minute' FROM sizes;

  -- Some have left and come back.
  INSERT INTO chat_access (chat_id, user_id, role, joined_seq, left_seq)
  SELECT chat_id, user_id, 'member', 1, NULL::bigint FROM sizes, generate_series(1, CASE WHEN chat_id = 1 THEN 1000 ELSE 10 END) u(user_id)
  WHERE chat_id <= 500
  UNION ALL SELECT chat_id, 1000 + (chat_id * 7 + u) % 18000, 'member', 1, NULL FROM sizes, generate_series(1, 10) u
  WHERE chat_id > 500
  UNION ALL SELECT chat_id, user_id, 'member', 0, 1 FROM sizes, generate_series(1, 10) u(user_id) WHERE chat_id <= 500;

  INSERT INTO message_status (user_id, chat_id, delivered_seq, read_seq, read_count)
  SELECT a.user_id, a.chat_id, s.last_seq, at.seq, at.seq - at.seq / 10
  FROM chat_access a JOIN sizes s USING (chat_id)
  CROSS JOIN LATERAL (SELECT CASE WHEN a.user_id = 1 AND s.chat_id <= 3 THEN 0
    ELSE greatest(0, s.last_seq - (a.user_id * 37 + s.chat_id) % 500) END AS seq) at
  WHERE a.left_seq IS NULL;

  INSERT INTO messages (chat_id, seq, ordinal, version, sender_id, edited_at, deleted_at, created_at, content, mentions,
    idempotency_key, content_hash)
  SELECT s.chat_id, n, n - n / 10, CASE WHEN n % 10 = 9 THEN least(n + 1, s.last_seq) ELSE n END,
    CASE WHEN s.chat_id <= 500 THEN 1 + n % 10 ELSE 1000 + (s.chat_id * 7 + 1 + n % 10) % 18000 END,
    CASE WHEN n % 10 = 9 THEN now() END, CASE WHEN gone THEN now() END,
    now() - (s.last_seq - n) * interval '1 second',
    CASE WHEN gone THEN '' ELSE 'message ' || n || ' of a chat, as long as people write them on most days of a week' END,
    CASE WHEN s.chat_id = 3 AND NOT gone THEN '{1}' ELSE '{}' END::bigint[],
    CASE WHEN n % 2 = 0 THEN 'key-' || n END, CASE WHEN n % 2 = 0 THEN decode(md5(n::text), 'hex') END
  FROM sizes s CROSS JOIN LATERAL generate_series(1, s.last_seq) n
  CROSS JOIN LATERAL (SELECT n % 50 = 1 OR s.chat_id = 2 AND n > 10000 AS gone) d WHERE n % 10 <> 0;

  INSERT INTO message_changes (chat_id, seq, type, message_id, actor_id, data, created_at)
  SELECT m.chat_id, m.seq + 1, 'message.updated', m.id, m.sender_id, '{"content": "what it said before"}', now()
  FROM messages m WHERE m.seq % 10 = 9;

  UPDATE chat_heads h SET deleted_count = d.count FROM (
    SELECT chat_id, count(*) FROM messages WHERE deleted_at IS NOT NULL GROUP BY chat_id
  ) d WHERE d.chat_id = h.chat_id;

  -- One of twenty messages names somebody, one of a hundred everybody.
  INSERT INTO mentions (chat_id, message_id, ordinal, user_id)
  SELECT chat_id, id, ordinal, CASE WHEN chat_id = 3 THEN 1 WHEN seq % 100 <> 8 THEN 1 + seq / 20 % 1000 END
  FROM messages WHERE deleted_at IS NULL AND (chat_id = 3 OR seq % 20 = 8);

  -- A message in the middle of chat 1 has 15,000 replies and 1,000 reactions, one of fifty has six reactions.
  UPDATE messages m SET parent_id = p.id FROM messages p
  WHERE p.chat_id = 1 AND p.seq = 300002 AND m.chat_id = 1 AND m.seq > 300002 AND m.seq % 20 = 3;
  INSERT INTO reactions (chat_id, message_id, emoji, user_id, seq, emoji_seq)
  SELECT chat_id, id, emoji, u, seq + u, seq FROM messages, unnest('{thumbsup,heart}'::text[]) emoji,
    generate_series(1, CASE WHEN seq = 300002 THEN 500 ELSE 3 END) u
  WHERE deleted_at IS NULL AND (seq % 50 = 7 OR chat_id = 1 AND seq = 300002);
  UPDATE messages m SET reaction_count = r.count, reply_count = CASE WHEN seq = 300002 THEN 15000 ELSE 0 END
  FROM (SELECT chat_id, message_id, count(*) FROM reactions GROUP BY 1, 2) r WHERE r.chat_id = m.chat_id AND m.id = r.message_id;
  INSERT INTO pins (chat_id, message_id, user_id, seq, created_at)
  SELECT chat_id, id, 1, seq, now() FROM messages
  WHERE deleted_at IS NULL AND (seq = 2 OR chat_id = 1 AND seq < 100000 AND seq % 2000 = 14);

  INSERT INTO chat_activity (minute, chat_id, first_seq)
  SELECT date_trunc('minute', now()) - m * interval '1 minute', 1 + (m * 13 + c * 31) % 20000, 1 + c
  FROM generate_series(0, 1379) m, generate_series(1, 100) c ON CONFLICT DO NOTHING;

  INSERT INTO inbox_heads SELECT n, 1 + n % 9 FROM generate_series(1, 20000) n;
  INSERT INTO workspace_denials SELECT 2 + n % 49, 1001 + n FROM generate_series(1, 3000) n;
  INSERT INTO import_keys SELECT 1, 'import-' || n, 4 + n % 300 FROM generate_series(1, 100000) n;
`;
