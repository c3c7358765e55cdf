-- Written by `npm run queries`, so that a review sees what reaches the database.

-- search.apply
WITH moved AS (
  UPDATE search.index_heads SET seq = $3 WHERE chat_id = $1 AND seq = $2
  RETURNING set_config('synchronous_commit', 'off', true)
), removed AS (
  DELETE FROM search.documents d USING moved WHERE d.chat_id = $1 AND d.message_id = ANY ($4::bigint[])
), stored AS (
  INSERT INTO search.documents AS d (chat_id, message_id, seq, version, sender_id, created_at, content, words)
  SELECT $1, n.message_id, n.seq, n.version, n.sender_id, n.created_at, n.content,
  setweight(to_tsvector('simple', n.normal), 'A') || setweight('·:1'::tsvector || to_tsvector('english', n.normal), 'B')
  || array_to_tsvector(string_to_array(n.grams, ' '))
  FROM moved, unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::timestamptz[], $10::text[],
    $11::text[], $12::text[]) n(message_id, seq, version, sender_id, created_at, content, normal, grams)
  ON CONFLICT (chat_id, message_id) DO UPDATE SET
  version = excluded.version, content = excluded.content, words = excluded.words
  WHERE d.version <= excluded.version
)
SELECT FROM moved;

-- search.begin_chat
INSERT INTO search.index_heads (chat_id, seq) VALUES ($1, 0) ON CONFLICT DO NOTHING;

-- search.positions
SELECT chat_id, seq FROM search.index_heads WHERE chat_id = ANY ($1::bigint[]);

-- search.purge
DELETE FROM search.documents WHERE chat_id = $1 AND message_id IN (
  SELECT message_id FROM search.documents WHERE chat_id = $1 LIMIT 1000
) RETURNING message_id;
