-- Written by `npm run queries`, so that a review sees what reaches the database.

-- database.connection_limit
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
- coalesce(current_setting('reserved_connections', true)::int, 0) AS server,
rolconnlimit AS role, rolname AS name
FROM pg_roles WHERE rolname = ANY (coalesce($1::text[], ARRAY[current_user]));
