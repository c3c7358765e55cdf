import { maxPageText } from '#bus/page-size.js';
import { sliceMark } from './lexemes.js';

/** A match of this age counts half of what it would count today. */
const halfLifeSeconds = 90 * 86_400;

/**
 * Of one slice more words than these are not looked at for all parts of a query together, nor more bytes of them: a
 * tsquery holds 1 MiB at most, and each word is looked up.
 */
const mostWords = 5_000;
const mostBytes = 512 * 1024;

/**
 * The generation that answers, and its slices of the workspaces of these chats that hold something of that time, newest
 * first.
 */
const slices = `
  SELECT a.id AS generation, array_agg(s.id ORDER BY s.newest DESC, s.id DESC) AS ids,
    array_agg(s.newest ORDER BY s.newest DESC, s.id DESC) AS newest
  FROM (
    SELECT id FROM search.generations
    ORDER BY completed_at IS NULL, CASE WHEN completed_at IS NULL THEN id ELSE -id END LIMIT 1
  ) a CROSS JOIN LATERAL (
    SELECT DISTINCT workspace_id FROM search.positions WHERE generation = a.id AND chat_id = ANY ($4::bigint[])
  ) w JOIN search.slices s ON s.generation = a.id AND s.workspace_id = w.workspace_id
    AND ($5::timestamptz IS NULL OR s.newest >= $5) AND ($6::timestamptz IS NULL OR s.oldest <= $6)
  GROUP BY a.id`;

/** What a word has beside its letters in a query: quotes, the slice, and the sign of an alternative. */
const bytesAround = 16;

/** A share for each part of the query, which are one less than the texts between them. */
const perPart = (most: number): string => `${most} / greatest(cardinality($2::text[]) - 1, 1)`;

/** The words of a slice that hold a part, as alternatives; where there are none, a word that nobody wrote. */
const wordsWith = `
  SELECT '(' || coalesce(string_agg('''' || s.id || '.' || w.word || '''', '|') FILTER (WHERE w.is_within), '''-''') || ')'
      AS words, bool_or(NOT w.is_within) AS is_cut
  FROM (
    SELECT word, row_number() OVER so_far <= ${perPart(mostWords)}
      AND sum(octet_length(word) + ${bytesAround}) OVER so_far <= ${perPart(mostBytes)} AS is_within
    FROM (
      SELECT word FROM search.words
      WHERE p.part IS NOT NULL AND pairs @@ replace(p.pairs, '${sliceMark}', s.id || '.')::tsquery
        AND strpos(word, p.part) > 0 LIMIT ${perPart(mostWords)} + 1
    ) w WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
  ) w`;

/**
 * The query for a slice, out of the texts between the parts, the parts, and their pairs; what of it is ranked; and
 * whether words are left out.
 */
const queryOfSlice = `
  SELECT string_agg(replace(p.text, '${sliceMark}', s.id || '.') || CASE WHEN p.part IS NULL THEN '' ELSE w.words END,
    '' ORDER BY p.n)::tsquery AS query, replace($20, '${sliceMark}', s.id || '.')::tsquery AS ranked, coalesce(bool_or(w.is_cut), false) AS is_cut
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY p(text, part, pairs, n)
  CROSS JOIN LATERAL (${wordsWith}) w`;

/** Relevance ranks by words; a part may stand for thousands of them. */
const isRanked = '$11 AND ($2::text[])[1] IS NULL';

const inMs = (ms: string): string =>
  `clock_timestamp() < statement_timestamp() + ${ms}::int * interval '1 millisecond'`;

/**
 * Matches, slice after slice from the newest on, of each the newest $9: until there are $17, or $18 and $19 milliseconds
 * have passed, or $10 milliseconds have passed. Of them the first $13 in the order of time, or of relevance ($11). $1 to
 * $3: the query, and $20 what of it is ranked; $4: chats; $5 and $6: the time; $7 and $8: only what is older than this;
 * $12: the moment from which the age is counted; $14 to $16: only what comes after this score, time and id. Where nothing
 * is found one row without a message says what was seen.
 */
export const findSql = `
  WITH RECURSIVE slices AS MATERIALIZED (${slices}), walk AS (
    SELECT 0 AS place, 0::bigint AS found, NULL::bigint[] AS chat_ids, NULL::bigint[] AS message_ids,
      NULL::timestamptz[] AS times, NULL::float8[] AS ranks, false AS is_cut
    UNION ALL
    SELECT w.place + 1, w.found + m.found, m.chat_ids, m.message_ids, m.times, m.ranks, q.is_cut
    FROM walk w CROSS JOIN slices CROSS JOIN LATERAL (SELECT slices.ids[w.place + 1] AS id) s
    CROSS JOIN LATERAL (${queryOfSlice}) q CROSS JOIN LATERAL (
      SELECT count(*) AS found, array_agg(d.chat_id) AS chat_ids, array_agg(d.message_id) AS message_ids,
        array_agg(d.created_at) AS times,
        array_agg(CASE WHEN ${isRanked} THEN ts_rank_cd(d.lexemes, q.ranked, 1) + ts_rank(d.lexemes, q.ranked, 1)
          ELSE 1 END::float8) AS ranks
      FROM (
        SELECT d.chat_id, d.message_id, d.created_at, CASE WHEN ${isRanked} THEN d.lexemes END AS lexemes
        FROM search.indexed_messages d
        WHERE d.lexemes @@ q.query AND (d.chat_id IN (SELECT unnest($4::bigint[]))) IS TRUE
          AND ($5::timestamptz IS NULL OR d.created_at >= $5) AND ($6::timestamptz IS NULL OR d.created_at <= $6)
          AND ($7::timestamptz IS NULL OR (d.created_at, d.message_id) < ($7, $8::bigint))
        ORDER BY d.created_at DESC, d.message_id DESC LIMIT $9
      ) d
    ) m
    WHERE w.place < cardinality(slices.ids) AND ($17::int IS NULL OR w.found < $17)
      AND ($18::int IS NULL OR w.found < $18 OR ${inMs('$19')}) AND ${inMs('$10')}
  ), seen AS (
    SELECT max(place) AS place, max(found) AS found, bool_or(is_cut) AS is_cut FROM walk
  ), matches AS (
    SELECT m.*, coalesce($12, max(m.created_at) OVER ()) AS as_of FROM walk
    CROSS JOIN LATERAL unnest(chat_ids, message_ids, times, ranks) m(chat_id, message_id, created_at, rank)
  ), scored AS (
    SELECT chat_id, message_id, created_at, as_of, CASE WHEN $11
      THEN rank / (1 + extract(epoch FROM as_of - created_at)::float8 / ${halfLifeSeconds}) ELSE 0 END AS score
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
  ) p WHERE before < ${maxPageText} ORDER BY score DESC, created_at DESC, message_id DESC`;
