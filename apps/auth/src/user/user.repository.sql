-- Written by `npm run queries`, so that a review sees what reaches the database.

-- auth.user.candidates
SELECT id FROM (
  (SELECT id, LOWER(username) AS name FROM auth.users WHERE LOWER(username) ~>=~ LOWER($1::text) AND LOWER(username) ~<~ (LOWER($1::text) || chr(1114111)) ORDER BY LOWER(username) USING ~<~ LIMIT $4)
  UNION ALL (SELECT id, LOWER(username) AS name FROM auth.users WHERE LOWER(username) LIKE '%' || LOWER($2::text) || '%' AND NOT starts_with(LOWER(username), LOWER($1::text)) LIMIT $4)
  UNION ALL (SELECT id, LOWER(username) AS name FROM auth.users WHERE LOWER($3::text) OPERATOR(extensions.<%) LOWER(username) AND strpos(LOWER(username), LOWER($1::text)) = 0 LIMIT $4)
  LIMIT $4
) found ORDER BY CASE
WHEN name = LOWER($1::text) THEN 0
WHEN starts_with(name, LOWER($1::text)) THEN 1
WHEN name LIKE ANY (ARRAY['% ' || LOWER($2::text) || '%',
  '%.' || LOWER($2::text) || '%',
  '%-' || LOWER($2::text) || '%',
  '%\_' || LOWER($2::text) || '%']) THEN 2
WHEN strpos(name, LOWER($1::text)) > 0 THEN 3
ELSE 5 - extensions.word_similarity(LOWER($3::text), name)
END, length(name), name, id;

-- auth.user.find
SELECT id, username, avatar_url, email, preferences, created_at FROM auth.users WHERE id = $1;

-- auth.user.find_by_email
SELECT id, username, avatar_url FROM auth.users WHERE LOWER(email) = LOWER($1);

-- auth.user.find_by_names
SELECT n.asked, u.* FROM unnest($1::text[]) AS n(asked)
CROSS JOIN LATERAL (
  SELECT id, username, avatar_url FROM auth.users WHERE LOWER(username) = LOWER(n.asked) LIMIT 1
) u;

-- auth.user.find_many
SELECT id, username, avatar_url FROM auth.users WHERE id = ANY($1);

-- auth.user.search
SELECT id, username, avatar_url FROM auth.users WHERE id = ANY($4) AND (
  starts_with(LOWER(username), LOWER($1::text)) OR LOWER(username) LIKE '%' || LOWER($2::text) || '%'
  OR LOWER($3::text) OPERATOR(extensions.<%) LOWER(username)
)
ORDER BY CASE
WHEN LOWER(username) = LOWER($1::text) THEN 0
WHEN starts_with(LOWER(username), LOWER($1::text)) THEN 1
WHEN LOWER(username) LIKE ANY (ARRAY['% ' || LOWER($2::text) || '%',
  '%.' || LOWER($2::text) || '%',
  '%-' || LOWER($2::text) || '%',
  '%\_' || LOWER($2::text) || '%']) THEN 2
WHEN strpos(LOWER(username), LOWER($1::text)) > 0 THEN 3
ELSE 5 - extensions.word_similarity(LOWER($3::text), LOWER(username))
END, length(LOWER(username)), LOWER(username), id LIMIT $5;

-- auth.user.update
UPDATE auth.users SET username = coalesce($2, username),
avatar_url = CASE WHEN $3 THEN $4 ELSE avatar_url END, preferences = coalesce($5::jsonb, preferences)
WHERE id = $1 RETURNING id, username, avatar_url, email, preferences, created_at;
