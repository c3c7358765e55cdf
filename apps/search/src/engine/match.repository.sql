-- Written by `npm run queries`, so that a review sees what reaches the database.

-- search.matches
SELECT d.chat_id, d.message_id, (extract(epoch FROM d.created_at) * 1000)::bigint AS created_at,
CASE WHEN $9 THEN ts_rank_cd(d.lexemes, d.query, 1) + ts_rank(d.lexemes, d.query, 1) ELSE 0 END::float8 AS rank, count(*) OVER () AS found
FROM unnest($2::bigint[]) slice CROSS JOIN LATERAL (
  SELECT d.chat_id, d.message_id, d.created_at, CASE WHEN $9 THEN d.lexemes END AS lexemes, q.query
  FROM (SELECT replace($1, '', slice || '.')::tsquery AS query) q, search.indexed_messages d
  WHERE d.lexemes @@ q.query AND d.chat_id + 0 = ANY ($3::bigint[])
  AND ($4::timestamptz IS NULL OR d.created_at >= $4) AND ($5::timestamptz IS NULL OR d.created_at <= $5)
  AND ($6::timestamptz IS NULL OR (d.created_at, d.message_id) < ($6, $7::bigint))
  ORDER BY d.created_at DESC, d.message_id DESC LIMIT $8
) d ORDER BY d.created_at DESC, d.message_id DESC LIMIT $10;

-- search.neighbours
SELECT n.place::int AS place, d.chat_id, d.message_id, d.seq, d.sender_id, d.content, d.created_at FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY n(chat_id, message_id, place)
CROSS JOIN LATERAL (
  (SELECT * FROM search.indexed_messages d WHERE d.generation = $1 AND d.chat_id = n.chat_id
    AND d.message_id < n.message_id ORDER BY d.generation DESC, d.chat_id DESC, d.message_id DESC LIMIT $4)
  UNION ALL
  (SELECT * FROM search.indexed_messages d WHERE d.generation = $1 AND d.chat_id = n.chat_id
    AND d.message_id > n.message_id ORDER BY d.generation, d.chat_id, d.message_id LIMIT $4)
) d ORDER BY n.place, d.message_id;

-- search.page
SELECT p.chat_id, p.message_id, p.seq, p.sender_id, p.content, p.created_at FROM (
  SELECT d.chat_id, d.message_id, d.seq, d.sender_id, d.content, d.created_at, n.place, sum(octet_length(d.content)) OVER (ORDER BY n.place) - octet_length(d.content) AS before
  FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY n(chat_id, message_id, place)
  JOIN search.indexed_messages d ON d.generation = $1 AND d.chat_id = n.chat_id AND d.message_id = n.message_id
) p WHERE before < 589824 ORDER BY place;

-- search.settings
SELECT set_config('statement_timeout', $1, true), set_config('plan_cache_mode', 'force_custom_plan', true);

-- search.slices_of
SELECT a.id AS generation, a.is_complete, s.id, s.newest FROM (
  SELECT id, completed_at IS NOT NULL AS is_complete FROM search.generations
  ORDER BY completed_at IS NULL, CASE WHEN completed_at IS NULL THEN id ELSE -id END LIMIT 1
) a LEFT JOIN LATERAL (
  SELECT s.id, s.newest FROM (
    SELECT DISTINCT workspace_id FROM search.positions WHERE generation = a.id AND chat_id = ANY ($1::bigint[])
  ) w CROSS JOIN LATERAL (
    SELECT * FROM search.slices WHERE generation = a.id AND workspace_id = w.workspace_id OFFSET 0
  ) s WHERE ($2::timestamptz IS NULL OR s.newest >= $2) AND ($3::timestamptz IS NULL OR s.oldest <= $3)
) s ON true;

-- search.stems
SELECT word, array_agg(DISTINCT stem) AS stems
FROM unnest($1::text[]) word, unnest($2::text[]) stemmer, unnest(ts_lexize(stemmer::regdictionary, word)) stem GROUP BY 1;
