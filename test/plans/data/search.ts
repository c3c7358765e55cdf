/** 200,000 documents, half of them in chat 1. All hold the word "message", one in a thousand the word "needle". */
export const searchData = `
  SET search_path = search;
  INSERT INTO documents (chat_id, message_id, seq, version, sender_id, created_at, content, words)
  SELECT CASE WHEN n % 2 = 0 THEN 1 ELSE 2 + n % 2499 END, n, n, n, 1 + n % 10, now() - n * interval '1 second', text,
    setweight(to_tsvector('simple', text), 'A') || setweight('·:1'::tsvector || to_tsvector('english', text), 'B')
  FROM generate_series(1, 200000) n CROSS JOIN LATERAL (
    SELECT 'message ' || n || ' of a chat about ' || CASE WHEN n % 1000 = 0 THEN 'a needle' ELSE 'everything' END AS text
  ) t;
  INSERT INTO index_heads SELECT n, 100 FROM generate_series(1, 2500) n;
`;
