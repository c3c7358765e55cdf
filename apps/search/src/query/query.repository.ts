import { Inject, Injectable } from '@nestjs/common';
import { maxPageText } from '#bus/page-size.js';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { endOfMatch, startOfMatch, translated, untranslated } from './highlight.js';
import type { Terms } from './terms.js';

/** Where and what to search. */
export interface Search {
  readonly terms: Terms;
  readonly chatIds: readonly number[];
  readonly senderIds: readonly number[] | null;
  readonly from: string | null;
  readonly to: string | null;
}

/** A place in the results: behind the document with these keys. */
export interface Place {
  readonly score: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly messageId: number;
}

export interface Hit {
  readonly chat_id: number;
  readonly message_id: number;
  readonly seq: number;
  readonly sender_id: number;
  readonly content: string;
  readonly created_at: Date;
  readonly score: number;
  readonly headline: string;
  /** How many hits there were to choose from. */
  readonly found: number;
}

/** The total is counted up to here. */
export const countedExactly = 1_000;
/** Relevance orders the newest matches, at most so many: a common word costs no more than a rare one. */
const ranked = 10_000;
const timeoutMs = 2_000;
/** Longer texts are shown in fragments. */
const shownWhole = 1_000;

/** Words as they are, words by their stem, the last one as a beginning, and scripts without spaces by pairs. */
const query = `(websearch_to_tsquery('simple', $1) || websearch_to_tsquery('english', $1)
  || (websearch_to_tsquery('simple', $2) && $3::tsquery) || (websearch_to_tsquery('simple', $4) && $5::tsquery))`;

const matches = `d.words @@ ${query} AND d.chat_id = ANY ($6::bigint[])
  AND ($7::bigint[] IS NULL OR d.sender_id = ANY ($7)) AND ($8::timestamptz IS NULL OR d.created_at >= $8)
  AND ($9::timestamptz IS NULL OR d.created_at <= $9)`;

const markers = `StartSel=${startOfMatch}, StopSel=${endOfMatch}`;

/** The hits `p`, and for those that a page has room for the text in which the matches are marked. */
function hits(name: string, p: string) {
  return sql(
    name,
    `SELECT chat_id, message_id, seq, sender_id, content, created_at, score, found,
       ts_headline('english', translate(content, '${untranslated}', '${translated}'), ${query},
         CASE WHEN length(content) > ${shownWhole} THEN '${markers}, MaxFragments=3, FragmentDelimiter=" … "'
         ELSE '${markers}, HighlightAll=true' END) AS headline
     FROM (
       SELECT p.*, count(*) OVER () AS found,
         sum(octet_length(content)) OVER (ORDER BY place) - octet_length(content) AS text_before
       FROM (SELECT p.*, row_number() OVER () AS place FROM (${p}) p) p
     ) p WHERE text_before < ${maxPageText} ORDER BY place`,
  );
}

const byRelevance = hits(
  'search.by_relevance',
  `SELECT * FROM (
     SELECT d.*, ts_rank(d.words, ${query}) AS score FROM (
       SELECT * FROM search.documents d WHERE ${matches} ORDER BY d.created_at DESC, d.message_id DESC LIMIT ${ranked}
     ) d
   ) d WHERE $10::real IS NULL OR (d.score, d.created_at, d.message_id) < ($10, $11::timestamptz, $12::bigint)
   ORDER BY d.score DESC, d.created_at DESC, d.message_id DESC LIMIT $13`,
);

const byTime = hits(
  'search.by_time',
  `SELECT d.*, ts_rank(d.words, ${query}) AS score FROM search.documents d WHERE ${matches}
     AND ($10::real IS NULL OR (d.created_at, d.message_id) < ($11::timestamptz, $12::bigint))
   ORDER BY d.created_at DESC, d.message_id DESC LIMIT $13`,
);

const count = sql(
  'search.count',
  `SELECT count(*) AS total FROM (SELECT FROM search.documents d WHERE ${matches} LIMIT ${countedExactly + 1}) d`,
);

/** A plan of its own for each search: a common word and a rare one want different ones. */
const settings = sql(
  'search.settings',
  `SELECT set_config('statement_timeout', '${timeoutMs}', true), set_config('plan_cache_mode', 'force_custom_plan', true)`,
);

/** Few matches are collected and sorted; else the planner may hope to meet them soon among the newest documents. */
const fewMatches = sql('search.few_matches', `SELECT set_config('enable_indexscan', 'off', true)`);

/** Looks up documents. */
@Injectable()
export class QueryRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** At most `limit` hits behind `after`, and how many there are in all, counted up to `countedExactly + 1`. */
  async find(
    search: Search,
    sort: 'relevance' | 'recent',
    after: Place | undefined,
    limit: number,
  ): Promise<{ hits: Hit[]; total: number }> {
    const { terms, chatIds, senderIds, from, to } = search;
    const what = [terms.text, terms.head, terms.prefix, terms.spaced, terms.grams, chatIds, senderIds, from, to];
    const at = after === undefined ? null : new Date(after.createdAt);
    const page = [...what, after?.score ?? null, at, after?.messageId ?? null, limit];
    return this.database.transaction(async (transaction) => {
      await transaction.query(settings);
      const [counted] = await transaction.query<{ total: number }>(count, what);
      const total = counted?.total ?? 0;
      if (total === 0) return { hits: [], total };
      if (total <= countedExactly) await transaction.query(fewMatches);
      return { hits: await transaction.query<Hit>(sort === 'relevance' ? byRelevance : byTime, page), total };
    });
  }
}
