-- Written by `npm run queries`, so that a review sees what reaches the database.

-- auth.user.find
SELECT id, username, avatar_url, email, preferences, created_at FROM auth.users WHERE id = $1;

-- auth.user.find_by_email
SELECT id, username, avatar_url FROM auth.users WHERE LOWER(email) = LOWER($1);

-- auth.user.find_by_names
SELECT id, username, avatar_url FROM auth.users
WHERE LOWER(username) = ANY(ARRAY(SELECT LOWER(name) FROM unnest($1::text[]) AS name));

-- auth.user.find_many
SELECT id, username, avatar_url FROM auth.users WHERE id = ANY($1);

-- auth.user.search
SELECT id, username, avatar_url FROM auth.users
WHERE id = ANY($2) AND LOWER(username) LIKE '%' || LOWER($1) || '%'
ORDER BY LOWER(username) NOT LIKE LOWER($1) || '%', length(username), LOWER(username), id LIMIT $3;

-- auth.user.update
UPDATE auth.users SET username = coalesce($2, username),
avatar_url = CASE WHEN $3 THEN $4 ELSE avatar_url END, preferences = coalesce($5::jsonb, preferences)
WHERE id = $1 RETURNING id, username, avatar_url, email, preferences, created_at;
