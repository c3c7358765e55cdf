-- Written by `npm run queries`, so that a review sees what reaches the database.

-- auth.revocation.list
SELECT h.last_id, r.id, r.user_id, r.session_id FROM auth.revocation_head h
LEFT JOIN LATERAL (
  SELECT id, user_id, session_id FROM auth.revocations WHERE id > $1 ORDER BY id LIMIT $2
) r ON true ORDER BY r.id;

-- auth.revocation.record
WITH head AS (
  UPDATE auth.revocation_head SET last_id = last_id + cardinality($1::bigint[]) RETURNING last_id
)
INSERT INTO auth.revocations (id, session_id, user_id, revoked_at)
SELECT head.last_id - cardinality($1::bigint[]) + e.n, e.session_id, e.user_id, clock_timestamp()
FROM head, unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS e (session_id, user_id, n)
RETURNING id, user_id, session_id;
