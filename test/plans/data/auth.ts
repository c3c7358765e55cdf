/** 50,000 users; user 1 has 50 sessions, of which each has been refreshed many times. */
export const authData = `
  SET search_path = auth;
  INSERT INTO users (id, email, username, placeholder_workspace_id, placeholder_name)
  SELECT n, CASE WHEN n % 10 <> 9 THEN 'Person-' || n || '@example.com' END, 'Person-' || n,
    CASE WHEN n % 10 = 9 THEN 1 END, CASE WHEN n % 10 = 9 THEN 'Person ' || n END
  FROM generate_series(1, 50000) n;
  INSERT INTO credentials (user_id, password_hash) SELECT id, repeat('x', 97) FROM users WHERE email IS NOT NULL;

  INSERT INTO sessions (id, user_id, address, user_agent, expires_at)
  SELECT n, CASE WHEN n <= 50 THEN 1 ELSE 1 + n % 50000 END, '127.0.0.1', 'Firefox', now() + (n % 900 + 1) * interval '1 hour'
  FROM generate_series(1, 80000) n;
  INSERT INTO sessions (id, user_id, address, user_agent, expires_at)
  SELECT n, 1 + n % 50000, '127.0.0.1', 'Firefox', now() - interval '1 hour' FROM generate_series(80001, 80500) n;
  INSERT INTO refresh_tokens (token_hash, session_id, used_at)
  SELECT sha256((s.id || '-' || t)::text::bytea), s.id, CASE WHEN t > 0 THEN now() - t * interval '1 minute' END
  FROM sessions s, generate_series(0, CASE WHEN s.id <= 50 THEN 500 ELSE 2 END) t;
  INSERT INTO tickets (ticket_hash, session_id, access_expires_at, expires_at)
  SELECT sha256(n::text::bytea), n, now() + interval '9 minutes', now() + n % 30 * interval '1 second'
  FROM generate_series(1, 5000) n;

  SELECT setval('users_id_seq', 50000), setval('sessions_id_seq', 80500);

  INSERT INTO revocations (id, user_id, session_id) SELECT n, 1 + n % 50000, 100000 + n FROM generate_series(1, 20000) n;
  UPDATE revocation_head SET last_id = 20000;
  INSERT INTO signing_keys (kid, public_key, private_key, signs_from)
  SELECT 'key-' || n, 'public', 'private', now() - n * interval '30 days' FROM generate_series(0, 1) n;
`;
