-- Written by `npm run queries`, so that a review sees what reaches the database.

-- search.begin_generation
INSERT INTO search.generations (id)
SELECT max(id) + 1 FROM search.generations HAVING bool_and(completed_at IS NOT NULL) ON CONFLICT DO NOTHING;

-- search.complete_generation
UPDATE search.generations SET completed_at = now() WHERE id = $1 AND completed_at IS NULL;

-- search.generations
SELECT id, completed_at IS NOT NULL AS is_complete,
id = coalesce(max(id) FILTER (WHERE completed_at IS NOT NULL) OVER (), min(id) OVER ()) AS is_active
FROM search.generations ORDER BY id;

-- search.retire
DELETE FROM search.generations WHERE id < $1;

-- search.retire_documents
DELETE FROM search.documents WHERE (chat_id, message_id) IN (
  SELECT chat_id, message_id FROM search.documents LIMIT 1000
) RETURNING message_id;

-- search.retire_messages
DELETE FROM search.indexed_messages WHERE (generation, chat_id, message_id) IN (
  SELECT generation, chat_id, message_id FROM search.indexed_messages WHERE generation < $1 LIMIT 1000
) RETURNING message_id;

-- search.retire_positions
WITH held AS (
  SELECT generation, chat_id FROM search.positions WHERE generation < $1 ORDER BY generation, chat_id FOR UPDATE
)
DELETE FROM search.positions p USING held h WHERE p.generation = h.generation AND p.chat_id = h.chat_id;

-- search.retire_slices
DELETE FROM search.slices WHERE generation < $1;

-- search.retire_words
DELETE FROM search.words WHERE (slice_id, word) IN (
  SELECT w.slice_id, w.word FROM search.slices s JOIN search.words w ON w.slice_id = s.id
  WHERE s.generation < $1 LIMIT 1000
) RETURNING slice_id;
