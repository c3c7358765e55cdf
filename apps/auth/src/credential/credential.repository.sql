-- Written by `npm run queries`, so that a review sees what reaches the database.

-- auth.credential.change
UPDATE auth.credentials SET password_hash = $3, version = version + 1
WHERE user_id = $1 AND version = $2 RETURNING version;

-- auth.credential.find
SELECT c.password_hash, c.version FROM auth.credentials c
JOIN auth.sessions s ON s.user_id = c.user_id AND s.id = $2 AND s.expires_at > clock_timestamp()
WHERE c.user_id = $1;

-- auth.credential.rehash
UPDATE auth.credentials SET password_hash = $3 WHERE user_id = $1 AND version = $2;
