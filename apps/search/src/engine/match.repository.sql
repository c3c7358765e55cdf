-- Written by `npm run queries`, so that a review sees what reaches the database.

-- search.find
WITH RECURSIVE slices AS MATERIALIZED (
  SELECT a.id AS generation, array_agg(s.id ORDER BY s.newest DESC, s.id DESC) AS ids,
  array_agg(s.newest ORDER BY s.newest DESC, s.id DESC) AS newest
  FROM (
    SELECT id FROM search.generations
    ORDER BY completed_at IS NULL, CASE WHEN completed_at IS NULL THEN id ELSE -id END LIMIT 1
  ) a CROSS JOIN LATERAL (
    SELECT DISTINCT workspace_id FROM search.positions WHERE generation = a.id AND chat_id = ANY ($4::bigint[])
  ) w JOIN search.slices s ON s.generation = a.id AND s.workspace_id = w.workspace_id
  AND ($5::timestamptz IS NULL OR s.newest >= $5) AND ($6::timestamptz IS NULL OR s.oldest <= $6)
  GROUP BY a.id), walk AS (
  SELECT 0 AS place, 0::bigint AS found, NULL::bigint[] AS chat_ids, NULL::bigint[] AS message_ids,
  NULL::timestamptz[] AS times, NULL::float8[] AS ranks, false AS is_cut
  UNION ALL
  SELECT w.place + 1, w.found + m.found, m.chat_ids, m.message_ids, m.times, m.ranks, q.is_cut
  FROM walk w CROSS JOIN slices CROSS JOIN LATERAL (SELECT slices.ids[w.place + 1] AS id) s
  CROSS JOIN LATERAL (
    SELECT string_agg(replace(p.text, '', s.id || '.') || CASE WHEN p.part IS NULL THEN '' ELSE w.words END,
      '' ORDER BY p.n)::tsquery AS query, replace($20, '', s.id || '.')::tsquery AS ranked, coalesce(bool_or(w.is_cut), false) AS is_cut
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY p(text, part, pairs, n)
    CROSS JOIN LATERAL (
      SELECT '(' || coalesce(string_agg('''' || s.id || '.' || w.word || '''', '|') FILTER (WHERE w.is_within), '''-''') || ')'
      AS words, bool_or(NOT w.is_within) AS is_cut
      FROM (
        SELECT word, row_number() OVER so_far <= 5000 / greatest(cardinality($2::text[]) - 1, 1)
        AND sum(octet_length(word) + 16) OVER so_far <= 524288 / greatest(cardinality($2::text[]) - 1, 1) AS is_within
        FROM (
          SELECT word FROM search.words
          WHERE p.part IS NOT NULL AND pairs @@ replace(p.pairs, '', s.id || '.')::tsquery
          AND strpos(word, p.part) > 0 LIMIT 5000 / greatest(cardinality($2::text[]) - 1, 1) + 1
        ) w WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
      ) w) w) q CROSS JOIN LATERAL (
    SELECT count(*) AS found, array_agg(d.chat_id) AS chat_ids, array_agg(d.message_id) AS message_ids,
    array_agg(d.created_at) AS times,
    array_agg(CASE WHEN $11 AND ($2::text[])[1] IS NULL THEN ts_rank_cd(d.lexemes, q.ranked, 1) + ts_rank(d.lexemes, q.ranked, 1)
      ELSE 1 END::float8) AS ranks
    FROM (
      SELECT d.chat_id, d.message_id, d.created_at, CASE WHEN $11 AND ($2::text[])[1] IS NULL THEN d.lexemes END AS lexemes
      FROM search.indexed_messages d
      WHERE d.lexemes @@ q.query AND (d.chat_id IN (SELECT unnest($4::bigint[]))) IS TRUE
      AND ($5::timestamptz IS NULL OR d.created_at >= $5) AND ($6::timestamptz IS NULL OR d.created_at <= $6)
      AND ($7::timestamptz IS NULL OR (d.created_at, d.message_id) < ($7, $8::bigint))
      ORDER BY d.created_at DESC, d.message_id DESC LIMIT $9
    ) d
  ) m
  WHERE w.place < cardinality(slices.ids) AND ($17::int IS NULL OR w.found < $17)
  AND ($18::int IS NULL OR w.found < $18 OR clock_timestamp() < statement_timestamp() + $19::int * interval '1 millisecond') AND clock_timestamp() < statement_timestamp() + $10::int * interval '1 millisecond'
), seen AS (
  SELECT max(place) AS place, max(found) AS found, bool_or(is_cut) AS is_cut FROM walk
), matches AS (
  SELECT m.*, coalesce($12, max(m.created_at) OVER ()) AS as_of FROM walk
  CROSS JOIN LATERAL unnest(chat_ids, message_ids, times, ranks) m(chat_id, message_id, created_at, rank)
), scored AS (
  SELECT chat_id, message_id, created_at, as_of, CASE WHEN $11
  THEN rank / (1 + extract(epoch FROM as_of - created_at)::float8 / 7776000) ELSE 0 END AS score
  FROM matches
), page AS (
  SELECT * FROM scored
  WHERE $14::float8 IS NULL OR (score, created_at, message_id) < ($14, $15::timestamptz, $16::bigint)
  ORDER BY score DESC, created_at DESC, message_id DESC LIMIT $13
)
SELECT * FROM (
  SELECT p.*, d.seq, d.sender_id, d.content, seen.found, seen.is_cut, slices.newest[seen.place + 1] AS rest,
  count(p.message_id) OVER () AS ordered,
  coalesce(sum(octet_length(d.content)) OVER best - octet_length(d.content), 0) AS before
  FROM seen CROSS JOIN slices LEFT JOIN page p ON true LEFT JOIN search.indexed_messages d
  ON d.generation = slices.generation AND d.chat_id = p.chat_id AND d.message_id = p.message_id
  WINDOW best AS (ORDER BY p.score DESC, p.created_at DESC, p.message_id DESC)
) p WHERE before < 589824 ORDER BY score DESC, created_at DESC, message_id DESC;

-- search.neighbours
SELECT n.place::int AS place, d.chat_id, d.message_id, d.seq, d.sender_id,
left(d.content, 1000) AS content, d.created_at
FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY n(chat_id, message_id, place)
CROSS JOIN LATERAL (
  (SELECT * FROM search.indexed_messages d WHERE d.generation = $1 AND d.chat_id = n.chat_id
    AND d.message_id < n.message_id ORDER BY d.generation DESC, d.chat_id DESC, d.message_id DESC LIMIT $4)
  UNION ALL
  (SELECT * FROM search.indexed_messages d WHERE d.generation = $1 AND d.chat_id = n.chat_id
    AND d.message_id > n.message_id ORDER BY d.generation, d.chat_id, d.message_id LIMIT $4)
) d ORDER BY n.place, d.message_id;

-- search.stems
SELECT word, array_agg(DISTINCT stem) AS stems
FROM unnest($1::text[]) word, unnest($2::text[]) stemmer, unnest(ts_lexize(stemmer::regdictionary, word)) stem GROUP BY 1;
