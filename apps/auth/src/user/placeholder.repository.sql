-- Written by `npm run queries`, so that a review sees what reaches the database.

-- auth.placeholder.find
SELECT id, placeholder_name AS name FROM auth.users
WHERE placeholder_workspace_id = $1 AND placeholder_name = ANY($2);

-- auth.placeholder.insert
INSERT INTO auth.users (placeholder_workspace_id, placeholder_name, username)
SELECT $1, p.name, p.username FROM unnest($2::text[], $3::text[]) AS p (name, username)
ORDER BY LOWER(p.username), p.name
ON CONFLICT DO NOTHING;
