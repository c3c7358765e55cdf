-- Written by `npm run queries`, so that a review sees what reaches the database.

-- search.find
WITH found AS MATERIALIZED (
  SELECT d.generation, d.chat_id, d.message_id, d.created_at, s.rest,
  CASE WHEN $11 AND ($2::text[])[1] IS NULL THEN ts_rank_cd(d.lexemes, q.query, 1) + ts_rank(d.lexemes, q.query, 1) ELSE 1 END::float8 AS rank
  FROM (
    SELECT s.id, lead(s.newest) OVER newest AS rest FROM (
      SELECT id FROM search.generations
      ORDER BY completed_at IS NULL, CASE WHEN completed_at IS NULL THEN id ELSE -id END LIMIT 1
    ) a CROSS JOIN LATERAL (
      SELECT DISTINCT workspace_id FROM search.positions WHERE generation = a.id AND chat_id = ANY ($4::bigint[])
    ) w JOIN search.slices s ON s.generation = a.id AND s.workspace_id = w.workspace_id
    AND ($5::timestamptz IS NULL OR s.newest >= $5) AND ($6::timestamptz IS NULL OR s.oldest <= $6)
    WINDOW newest AS (ORDER BY s.newest DESC, s.id DESC) ORDER BY s.newest DESC, s.id DESC) s CROSS JOIN LATERAL (
    SELECT string_agg(replace(p.text, '', s.id || '.') || CASE WHEN p.part IS NULL THEN '' ELSE
      (SELECT '(' || coalesce(string_agg('''' || s.id || '.' || w.word || '''', '|'), '''-''') || ')' FROM (
          SELECT word FROM search.words
          WHERE pairs @@ replace(p.pairs, '', s.id || '.')::tsquery AND strpos(word, p.part) > 0 LIMIT 10000
        ) w) END,
      '' ORDER BY p.n)::tsquery AS query
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY p(text, part, pairs, n)) q CROSS JOIN LATERAL (
    (SELECT d.generation, d.chat_id, d.message_id, d.created_at, CASE WHEN $11 AND ($2::text[])[1] IS NULL THEN d.lexemes END AS lexemes
      FROM search.indexed_messages d
      WHERE d.lexemes @@ q.query AND (d.chat_id IN (SELECT unnest($4::bigint[]))) IS TRUE
      AND ($5::timestamptz IS NULL OR d.created_at >= $5) AND ($6::timestamptz IS NULL OR d.created_at <= $6)
      AND ($7::timestamptz IS NULL OR (d.created_at, d.message_id) < ($7, $8::bigint))
      ORDER BY d.created_at DESC, d.message_id DESC LIMIT $9)
    -- After the last slice a row that is no match.
    UNION ALL SELECT NULL, NULL, NULL, NULL, NULL WHERE s.rest IS NULL
  ) d
  WHERE CASE WHEN s.id > 0 THEN clock_timestamp() < statement_timestamp() + $10::int * interval '1 millisecond' END
  LIMIT $17
)
SELECT * FROM (
  SELECT f.*, d.seq, d.sender_id, d.content,
  count(*) OVER () AS ordered, sum(octet_length(d.content)) OVER best - octet_length(d.content) AS before
  FROM (
    SELECT * FROM (
      SELECT f.generation, f.chat_id, f.message_id, f.created_at, count(f.message_id) OVER whole AS found,
      bool_or(f.message_id IS NULL) OVER whole AS is_all,
      coalesce($12, max(f.created_at) OVER whole) AS as_of, last_value(f.created_at) OVER whole AS cut_at,
      last_value(f.message_id) OVER whole AS cut_id, last_value(f.rest) OVER whole AS rest,
      CASE WHEN $11 THEN f.rank / (1 + extract(epoch FROM coalesce($12, max(f.created_at) OVER whole) - f.created_at)::float8 / 7776000) ELSE 0 END AS score
      FROM found f WINDOW whole AS ()
    ) f WHERE f.message_id IS NOT NULL AND ($14::float8 IS NULL OR (f.score, f.created_at, f.message_id) < ($14, $15::timestamptz, $16::bigint))
    ORDER BY f.score DESC, f.created_at DESC, f.message_id DESC LIMIT $13
  ) f JOIN search.indexed_messages d USING (generation, chat_id, message_id)
  WINDOW best AS (ORDER BY f.score DESC, f.created_at DESC, f.message_id DESC)
) p WHERE before < 589824 ORDER BY score DESC, created_at DESC, message_id DESC;

-- search.neighbours
SELECT n.place::int AS place, d.chat_id, d.message_id, d.seq, d.sender_id, d.content, d.created_at
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
