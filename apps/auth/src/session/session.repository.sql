-- Written by `npm run queries`, so that a review sees what reaches the database.

-- auth.session.addresses
SELECT s.address FROM auth.users u JOIN auth.sessions s ON s.user_id = u.id AND s.expires_at > clock_timestamp()
WHERE LOWER(u.email) = $1 ORDER BY s.last_used_at DESC LIMIT 50;

-- auth.session.end
DELETE FROM auth.sessions WHERE id = $2 AND user_id = $1 RETURNING id AS session_id, user_id;

-- auth.session.end_others
DELETE FROM auth.sessions WHERE id IN (
  SELECT id FROM auth.sessions WHERE user_id = $1 AND id <> $2 ORDER BY id FOR UPDATE
) RETURNING id AS session_id, user_id;

-- auth.session.is_live
SELECT 1 AS live FROM auth.sessions WHERE id = $2 AND user_id = $1 AND expires_at > clock_timestamp();

-- auth.session.list
SELECT id, address, user_agent, created_at, last_used_at FROM auth.sessions
WHERE user_id = $1 AND expires_at > clock_timestamp() ORDER BY last_used_at DESC, id DESC LIMIT 500;

-- auth.session.open
WITH proven AS (
  SELECT user_id FROM auth.credentials WHERE user_id = $1 AND version = $2 FOR SHARE
), opened AS (
  INSERT INTO auth.sessions (user_id, address, user_agent, expires_at)
  SELECT user_id, $3, $4, clock_timestamp() + make_interval(secs => $5) FROM proven RETURNING id
), first_token AS (
  INSERT INTO auth.refresh_tokens (token_hash, session_id) SELECT $6, id FROM opened
)
SELECT id FROM opened;
