import { maxPageText } from '#bus/page-size.js';
import { sliceMark } from './lexemes.js';

/** A match of this age counts half of what it would count today. */
const halfLifeSeconds = 90 * 86_400;

/** Of one slice more words than these are not looked at for one part. */
const mostWords = 10_000;

/** The slices of the workspaces of these chats that hold something of that time, newest first. */
const slices = `
  SELECT s.id, lead(s.newest) OVER newest AS rest FROM (
    SELECT id FROM search.generations
    ORDER BY completed_at IS NULL, CASE WHEN completed_at IS NULL THEN id ELSE -id END LIMIT 1
  ) a CROSS JOIN LATERAL (
    SELECT DISTINCT workspace_id FROM search.positions WHERE generation = a.id AND chat_id = ANY ($4::bigint[])
  ) w JOIN search.slices s ON s.generation = a.id AND s.workspace_id = w.workspace_id
    AND ($5::timestamptz IS NULL OR s.newest >= $5) AND ($6::timestamptz IS NULL OR s.oldest <= $6)
  WINDOW newest AS (ORDER BY s.newest DESC, s.id DESC) ORDER BY s.newest DESC, s.id DESC`;

/** The words of a slice that hold a part, as alternatives; where there are none, a word that nobody wrote. */
const wordsWith = `
  (SELECT '(' || coalesce(string_agg('''' || s.id || '.' || w.word || '''', '|'), '''-''') || ')' FROM (
    SELECT word FROM search.words
    WHERE pairs @@ replace(p.pairs, '${sliceMark}', s.id || '.')::tsquery AND strpos(word, p.part) > 0 LIMIT ${mostWords}
  ) w)`;

/** The query for a slice, out of the texts between the parts, the parts, and their pairs. */
const queryOfSlice = `
  SELECT string_agg(replace(p.text, '${sliceMark}', s.id || '.') || CASE WHEN p.part IS NULL THEN '' ELSE ${wordsWith} END,
    '' ORDER BY p.n)::tsquery AS query
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY p(text, part, pairs, n)`;

/** Relevance ranks by words; a part may stand for thousands of them. */
const isRanked = '$11 AND ($2::text[])[1] IS NULL';

/**
 * Matches, slice after slice from the newest on, of each the newest $9, until there are $17 or $10 milliseconds have
 * passed; and the first $13 of them in the order of time, or of relevance ($11). $1 to $3: the query; $4: chats; $5 and
 * $6: the time; $7 and $8: only what is older than this; $12: the moment from which the age is counted; $14 to $16: only
 * what comes after this score, time and id.
 */
export const findSql = `
  WITH found AS MATERIALIZED (
    SELECT d.generation, d.chat_id, d.message_id, d.created_at, s.rest,
      CASE WHEN ${isRanked} THEN ts_rank_cd(d.lexemes, q.query, 1) + ts_rank(d.lexemes, q.query, 1) ELSE 1 END::float8 AS rank
    FROM (${slices}) s CROSS JOIN LATERAL (${queryOfSlice}) q CROSS JOIN LATERAL (
      (SELECT d.generation, d.chat_id, d.message_id, d.created_at, CASE WHEN ${isRanked} THEN d.lexemes END AS lexemes
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
          CASE WHEN $11 THEN f.rank / (1 + extract(epoch FROM coalesce($12, max(f.created_at) OVER whole) - f.created_at)::float8 / ${halfLifeSeconds}) ELSE 0 END AS score
        FROM found f WINDOW whole AS ()
      ) f WHERE f.message_id IS NOT NULL AND ($14::float8 IS NULL OR (f.score, f.created_at, f.message_id) < ($14, $15::timestamptz, $16::bigint))
      ORDER BY f.score DESC, f.created_at DESC, f.message_id DESC LIMIT $13
    ) f JOIN search.indexed_messages d USING (generation, chat_id, message_id)
    WINDOW best AS (ORDER BY f.score DESC, f.created_at DESC, f.message_id DESC)
  ) p WHERE before < ${maxPageText} ORDER BY score DESC, created_at DESC, message_id DESC`;
