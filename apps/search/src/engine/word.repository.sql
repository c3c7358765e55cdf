-- Written by `npm run queries`, so that a review sees what reaches the database.

-- search.forget_words
WITH taken AS (
  DELETE FROM search.left_words WHERE (slice_id, id) IN (
    SELECT slice_id, id FROM search.left_words
    WHERE slice_id = (SELECT min(slice_id) FROM search.left_words) ORDER BY id LIMIT 50
  ) RETURNING slice_id, lexemes
), given AS (
  SELECT DISTINCT slice_id, substr(lexeme, length(slice_id::text) + 2) AS word
  FROM taken, unnest(tsvector_to_array(lexemes)) lexeme
), known AS (
  SELECT w.* FROM given g CROSS JOIN LATERAL (SELECT slice_id, word FROM search.words w
    WHERE w.slice_id = g.slice_id AND w.word = g.word COLLATE "C" OFFSET 0) w
), unused AS MATERIALIZED (
  SELECT k.* FROM known k CROSS JOIN LATERAL (SELECT count(*) AS messages FROM search.indexed_messages d
    WHERE d.lexemes @@ ('''' || k.slice_id || '.' || k.word || '''')::tsquery) m WHERE m.messages = 0
)
DELETE FROM search.words w USING unused u WHERE w.slice_id = u.slice_id AND w.word = u.word;

-- search.left_words
SELECT id FROM search.left_words ORDER BY slice_id, id LIMIT 1;
