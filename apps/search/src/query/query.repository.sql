-- Written by `npm run queries`, so that a review sees what reaches the database.

-- search.by_relevance
SELECT chat_id, message_id, seq, sender_id, content, created_at, score, found,
ts_headline('english', translate(content, '<>/', ''), (websearch_to_tsquery('simple', $1) || websearch_to_tsquery('english', $1)
    || (websearch_to_tsquery('simple', $2) && $3::tsquery) || (websearch_to_tsquery('simple', $4) && $5::tsquery)),
  CASE WHEN length(content) > 1000 THEN 'StartSel=, StopSel=, MaxFragments=3, FragmentDelimiter=" … "'
  ELSE 'StartSel=, StopSel=, HighlightAll=true' END) AS headline
FROM (
  SELECT p.*, count(*) OVER () AS found,
  sum(octet_length(content)) OVER (ORDER BY place) - octet_length(content) AS text_before
  FROM (SELECT p.*, row_number() OVER () AS place FROM (SELECT * FROM (
        SELECT d.*, ts_rank(d.words, (websearch_to_tsquery('simple', $1) || websearch_to_tsquery('english', $1)
            || (websearch_to_tsquery('simple', $2) && $3::tsquery) || (websearch_to_tsquery('simple', $4) && $5::tsquery))) AS score FROM (
          SELECT * FROM search.documents d WHERE d.words @@ (websearch_to_tsquery('simple', $1) || websearch_to_tsquery('english', $1)
            || (websearch_to_tsquery('simple', $2) && $3::tsquery) || (websearch_to_tsquery('simple', $4) && $5::tsquery)) AND d.chat_id = ANY ($6::bigint[])
          AND ($7::bigint[] IS NULL OR d.sender_id = ANY ($7)) AND ($8::timestamptz IS NULL OR d.created_at >= $8)
          AND ($9::timestamptz IS NULL OR d.created_at <= $9) ORDER BY d.created_at DESC, d.message_id DESC LIMIT 10000
        ) d
      ) d WHERE $10::real IS NULL OR (d.score, d.created_at, d.message_id) < ($10, $11::timestamptz, $12::bigint)
      ORDER BY d.score DESC, d.created_at DESC, d.message_id DESC LIMIT $13) p) p
) p WHERE text_before < 589824 ORDER BY place;

-- search.by_time
SELECT chat_id, message_id, seq, sender_id, content, created_at, score, found,
ts_headline('english', translate(content, '<>/', ''), (websearch_to_tsquery('simple', $1) || websearch_to_tsquery('english', $1)
    || (websearch_to_tsquery('simple', $2) && $3::tsquery) || (websearch_to_tsquery('simple', $4) && $5::tsquery)),
  CASE WHEN length(content) > 1000 THEN 'StartSel=, StopSel=, MaxFragments=3, FragmentDelimiter=" … "'
  ELSE 'StartSel=, StopSel=, HighlightAll=true' END) AS headline
FROM (
  SELECT p.*, count(*) OVER () AS found,
  sum(octet_length(content)) OVER (ORDER BY place) - octet_length(content) AS text_before
  FROM (SELECT p.*, row_number() OVER () AS place FROM (SELECT d.*, ts_rank(d.words, (websearch_to_tsquery('simple', $1) || websearch_to_tsquery('english', $1)
          || (websearch_to_tsquery('simple', $2) && $3::tsquery) || (websearch_to_tsquery('simple', $4) && $5::tsquery))) AS score FROM search.documents d WHERE d.words @@ (websearch_to_tsquery('simple', $1) || websearch_to_tsquery('english', $1)
        || (websearch_to_tsquery('simple', $2) && $3::tsquery) || (websearch_to_tsquery('simple', $4) && $5::tsquery)) AND d.chat_id = ANY ($6::bigint[])
      AND ($7::bigint[] IS NULL OR d.sender_id = ANY ($7)) AND ($8::timestamptz IS NULL OR d.created_at >= $8)
      AND ($9::timestamptz IS NULL OR d.created_at <= $9)
      AND ($10::real IS NULL OR (d.created_at, d.message_id) < ($11::timestamptz, $12::bigint))
      ORDER BY d.created_at DESC, d.message_id DESC LIMIT $13) p) p
) p WHERE text_before < 589824 ORDER BY place;

-- search.count
SELECT count(*) AS total FROM (SELECT FROM search.documents d WHERE d.words @@ (websearch_to_tsquery('simple', $1) || websearch_to_tsquery('english', $1)
    || (websearch_to_tsquery('simple', $2) && $3::tsquery) || (websearch_to_tsquery('simple', $4) && $5::tsquery)) AND d.chat_id = ANY ($6::bigint[])
  AND ($7::bigint[] IS NULL OR d.sender_id = ANY ($7)) AND ($8::timestamptz IS NULL OR d.created_at >= $8)
  AND ($9::timestamptz IS NULL OR d.created_at <= $9) LIMIT 1001) d;

-- search.few_matches
SELECT set_config('enable_indexscan', 'off', true);

-- search.settings
SELECT set_config('statement_timeout', '2000', true), set_config('plan_cache_mode', 'force_custom_plan', true);
