-- Written by `npm run queries`, so that a review sees what reaches the database.

-- auth.refresh.end
DELETE FROM auth.sessions WHERE id = $1 RETURNING id AS session_id, user_id;

-- auth.refresh.is_repetition
SELECT 1 AS repeated FROM auth.refresh_tokens t
JOIN auth.refresh_tokens s ON s.token_hash = $2 AND s.session_id = t.session_id AND s.used_at IS NULL
WHERE t.token_hash = $1 AND t.used_at > clock_timestamp() - make_interval(secs => $3);

-- auth.refresh.lock
SELECT s.id AS session_id, u.id, u.email, u.username, u.avatar_url
FROM auth.refresh_tokens t
JOIN auth.sessions s ON s.id = t.session_id AND s.expires_at > clock_timestamp()
JOIN auth.users u ON u.id = s.user_id
WHERE t.token_hash = $1 FOR UPDATE OF s;

-- auth.refresh.prolong
WITH successor AS (
  INSERT INTO auth.refresh_tokens (token_hash, session_id) VALUES ($2, $1)
), forgotten AS (
  DELETE FROM auth.refresh_tokens
  WHERE session_id = $1 AND used_at < clock_timestamp() - make_interval(secs => $3)
)
UPDATE auth.sessions SET last_used_at = clock_timestamp(), address = $4, user_agent = $5,
expires_at = clock_timestamp() + make_interval(secs => $3)
WHERE id = $1;

-- auth.refresh.spend
UPDATE auth.refresh_tokens SET used_at = clock_timestamp()
WHERE token_hash = $1 AND used_at IS NULL RETURNING session_id;
