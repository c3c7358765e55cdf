-- Written by `npm run queries`, so that a review sees what reaches the database.

-- auth.expiry.revocations
DELETE FROM auth.revocations WHERE revoked_at < clock_timestamp() - make_interval(secs => $1);

-- auth.expiry.sessions
DELETE FROM auth.sessions WHERE id IN (
  SELECT id FROM auth.sessions WHERE expires_at < clock_timestamp()
  ORDER BY expires_at LIMIT 5000 FOR UPDATE SKIP LOCKED
) RETURNING id;

-- auth.expiry.tickets
DELETE FROM auth.tickets WHERE ticket_hash IN (
  SELECT ticket_hash FROM auth.tickets WHERE expires_at < clock_timestamp() LIMIT 5000 FOR UPDATE SKIP LOCKED
);
