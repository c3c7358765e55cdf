/**
 * 200,000 messages of one workspace in slices of 16,384, half of them in chat 1, and 5,000 workspaces with a slice each.
 * All hold the word "message", one in a thousand the word "needle". Of the index of the last release a remainder.
 */
export const searchData = `
  SET search_path = search;
  INSERT INTO slices (id, generation, workspace_id, period, messages, oldest, newest)
  SELECT n, 1, 1, date_trunc('month', now()), 16384, now() - (n + 1) * interval '16384 seconds', now() - n * interval '16384 seconds'
  FROM generate_series(1, 13) n;
  INSERT INTO slices (id, generation, workspace_id, period, messages, oldest, newest)
  SELECT 13 + n, 1, 1 + n, date_trunc('month', now()), 1, now(), now() FROM generate_series(1, 5000) n;
  SELECT setval('slices_id_seq', 6000);
  INSERT INTO indexed_messages (generation, chat_id, message_id, seq, version, slice_id, sender_id, created_at, reactions,
    replies, is_pinned, content, lexemes)
  SELECT 1, CASE WHEN n % 2 = 0 THEN 1 ELSE 2 + n % 2499 END, n, n, n, slice, 1 + n % 10, now() - n * interval '1 second',
    0, 0, false, text, array_to_tsvector(ARRAY(SELECT DISTINCT slice || '.' || word FROM unnest(string_to_array(text, ' ')) word))
  FROM generate_series(1, 200000) n CROSS JOIN LATERAL (SELECT 1 + n / 16384 AS slice,
    'message ' || n || ' of a chat about ' || CASE WHEN n % 1000 = 0 THEN 'a needle' ELSE 'everything' END AS text
  ) t;
  INSERT INTO words (slice_id, word, pairs)
  SELECT slice, word, array_to_tsvector(ARRAY(SELECT slice || '.' || substr(word, i, 2) FROM generate_series(1, length(word) - 1) i))
  FROM (SELECT DISTINCT slice_id AS slice, unnest(string_to_array(content, ' ')) AS word FROM indexed_messages) w
  WHERE length(word) > 1;
  INSERT INTO left_words (slice_id, lexemes)
  SELECT slice_id, lexemes FROM indexed_messages ORDER BY message_id LIMIT 2000;
  INSERT INTO positions (generation, chat_id, workspace_id, seq) SELECT 1, n, 1, 100 FROM generate_series(1, 2500) n;
  INSERT INTO documents (chat_id, message_id, seq, version, sender_id, created_at, content, words)
  SELECT 1, n, n, n, 1, now(), 'old', to_tsvector('simple', 'old') FROM generate_series(1, 2000) n;
  INSERT INTO index_heads SELECT n, 100 FROM generate_series(1, 2500) n;
`;
