-- Written by `npm run queries`, so that a review sees what reaches the database.

-- auth.account.any
SELECT id FROM auth.users LIMIT 1;

-- auth.account.create
WITH created AS (
  INSERT INTO auth.users (email, username) VALUES ($1, $2) RETURNING id, email, username, avatar_url
), credential AS (
  INSERT INTO auth.credentials (user_id, password_hash) SELECT id, $3 FROM created
  RETURNING password_hash, version
)
SELECT * FROM created, credential;

-- auth.account.find_by_email
SELECT u.id, u.email, u.username, u.avatar_url, c.password_hash, c.version
FROM auth.users u JOIN auth.credentials c ON c.user_id = u.id WHERE LOWER(u.email) = $1;
