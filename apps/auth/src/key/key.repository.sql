-- Written by `npm run queries`, so that a review sees what reaches the database.

-- auth.key.due
SELECT CASE WHEN max(signs_from) IS NULL THEN clock_timestamp()
ELSE greatest(max(signs_from) + make_interval(secs => $1), clock_timestamp() + make_interval(secs => $2))
END AS signs_from
FROM auth.signing_keys
HAVING max(signs_from) IS NULL OR max(signs_from) + make_interval(secs => $1 - $2) <= clock_timestamp();

-- auth.key.insert
INSERT INTO auth.signing_keys (kid, public_key, private_key, signs_from) VALUES ($1, $2, $3, $4);

-- auth.key.list
SELECT kid, public_key, private_key, signs_from FROM auth.signing_keys ORDER BY signs_from;

-- auth.key.lock
SELECT pg_advisory_xact_lock($1);

-- auth.key.remove_retired
DELETE FROM auth.signing_keys k WHERE EXISTS (
  SELECT FROM auth.signing_keys n
  WHERE n.signs_from > k.signs_from AND n.signs_from < clock_timestamp() - make_interval(secs => $1)
);
