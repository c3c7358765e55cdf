import { Inject, Injectable } from '@nestjs/common';
import { maxPageText } from '#bus/page-size.js';
import { FechatterError } from '#contracts/error.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { countedExactly, type Hit, type Search } from './engine.js';
import { sliceMark } from './lexemes.js';
import { orderOf, roundsOf, type Slice } from './rounds.js';

/** A message that matches. */
export interface Match {
  readonly messageId: number;
  readonly chatId: number;
  readonly createdAt: number;
  /** How well the words fit; 0 unless relevance was asked for. */
  readonly rank: number;
}

export interface Matches {
  readonly generation: number;
  /** Newest first; as many as are shown or compared, and one more. */
  readonly matches: readonly Match[];
  /** How many there are, as far as they were counted. */
  readonly count: number;
  /** Every slice was looked at. */
  readonly isAll: boolean;
  /** The time was up before, or the index has not everything yet. */
  readonly isPartial: boolean;
}

interface MatchRow {
  readonly chat_id: number;
  readonly message_id: number;
  /** Epoch milliseconds. */
  readonly created_at: number;
  readonly rank: number;
  readonly found: number;
}

interface SliceRow {
  readonly generation: number;
  readonly is_complete: boolean;
  readonly id: number | null;
  readonly newest: Date | null;
}

/** The generation that answers, and its slices of the workspaces of these chats that hold something of that time. */
const slicesStatement = sql(
  'search.slices_of',
  `SELECT a.id AS generation, a.is_complete, s.id, s.newest FROM (
     SELECT id, completed_at IS NOT NULL AS is_complete FROM search.generations
     ORDER BY completed_at IS NULL, CASE WHEN completed_at IS NULL THEN id ELSE -id END LIMIT 1
   ) a LEFT JOIN LATERAL (
     SELECT s.id, s.newest FROM (
       SELECT DISTINCT workspace_id FROM search.positions WHERE generation = a.id AND chat_id = ANY ($1::bigint[])
     ) w CROSS JOIN LATERAL (
       SELECT * FROM search.slices WHERE generation = a.id AND workspace_id = w.workspace_id OFFSET 0
     ) s WHERE ($2::timestamptz IS NULL OR s.newest >= $2) AND ($3::timestamptz IS NULL OR s.oldest <= $3)
   ) s ON true`,
);

/**
 * The newest matches of some slices, and how many there were to choose from, of each slice $8 at most. The chat is no condition for an index: what a word names is always less
 * than what a chat holds.
 */
const matchesOf = sql(
  'search.matches',
  `SELECT d.chat_id, d.message_id, (extract(epoch FROM d.created_at) * 1000)::bigint AS created_at,
     CASE WHEN $9 THEN ts_rank_cd(d.lexemes, d.query, 1) + ts_rank(d.lexemes, d.query, 1) ELSE 0 END::float8 AS rank, count(*) OVER () AS found
   FROM unnest($2::bigint[]) slice CROSS JOIN LATERAL (
     SELECT d.chat_id, d.message_id, d.created_at, CASE WHEN $9 THEN d.lexemes END AS lexemes, q.query
     FROM (SELECT replace($1, '${sliceMark}', slice || '.')::tsquery AS query) q, search.indexed_messages d
     WHERE d.lexemes @@ q.query AND d.chat_id + 0 = ANY ($3::bigint[])
       AND ($4::timestamptz IS NULL OR d.created_at >= $4) AND ($5::timestamptz IS NULL OR d.created_at <= $5)
       AND ($6::timestamptz IS NULL OR (d.created_at, d.message_id) < ($6, $7::bigint))
     ORDER BY d.created_at DESC, d.message_id DESC LIMIT $8
   ) d ORDER BY d.created_at DESC, d.message_id DESC LIMIT $10`,
);

const columns = 'd.chat_id, d.message_id, d.seq, d.sender_id, d.content, d.created_at';

/** Messages in the order of their ids, as many as a page has room for. */
const page = sql(
  'search.page',
  `SELECT ${columns.replaceAll('d.', 'p.')} FROM (
     SELECT ${columns}, n.place, sum(octet_length(d.content)) OVER (ORDER BY n.place) - octet_length(d.content) AS before
     FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY n(chat_id, message_id, place)
     JOIN search.indexed_messages d ON d.generation = $1 AND d.chat_id = n.chat_id AND d.message_id = n.message_id
   ) p WHERE before < ${maxPageText} ORDER BY place`,
);

const neighbours = sql(
  'search.neighbours',
  `SELECT n.place::int AS place, ${columns} FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY n(chat_id, message_id, place)
   CROSS JOIN LATERAL (
     (SELECT * FROM search.indexed_messages d WHERE d.generation = $1 AND d.chat_id = n.chat_id
       AND d.message_id < n.message_id ORDER BY d.generation DESC, d.chat_id DESC, d.message_id DESC LIMIT $4)
     UNION ALL
     (SELECT * FROM search.indexed_messages d WHERE d.generation = $1 AND d.chat_id = n.chat_id
       AND d.message_id > n.message_id ORDER BY d.generation, d.chat_id, d.message_id LIMIT $4)
   ) d ORDER BY n.place, d.message_id`,
);

const stems = sql(
  'search.stems',
  `SELECT word, array_agg(DISTINCT stem) AS stems
   FROM unnest($1::text[]) word, unnest($2::text[]) stemmer, unnest(ts_lexize(stemmer::regdictionary, word)) stem GROUP BY 1`,
);

/** What is left of the time; planned anew, since with its values the list of chats is looked up quicker. */
const settings = sql(
  'search.settings',
  `SELECT set_config('statement_timeout', $1, true), set_config('plan_cache_mode', 'force_custom_plan', true)`,
);

/** Looks up what the index holds. */
@Injectable()
export class MatchRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /**
   * The newest matches, slice after slice: as many as are needed or all, unless the time is up before. Throws
   * UNAVAILABLE when it is up before anything was found. `query`: a tsquery with marks for the slice.
   */
  async find(query: string, search: Search, budgetMs: number): Promise<Matches> {
    const deadline = performance.now() + budgetMs;
    const matches: Match[] = [];
    let count = 0;
    let state = { generation: 0, isComplete: false };
    let isAll = false;
    try {
      await this.database.transaction(async (transaction) => {
        await limitTime(transaction, deadline);
        const { slices, ...active } = await slicesOf(transaction, search);
        state = active;
        const rounds = roundsOf(slices);
        for (const [index, { ids, newestOfRest }] of rounds.entries()) {
          if (index > 0) await limitTime(transaction, deadline);
          const round = await matchesIn(transaction, ids, query, search);
          matches.push(...round.matches);
          count += round.count;
          const next = orderOf(matches)[shownOf(search)];
          if (count > neededOf(search) && next !== undefined && next.createdAt > newestOfRest) return;
        }
        isAll = true;
      });
    } catch (error) {
      const isLate = error instanceof FechatterError && error.code === 'UNAVAILABLE' && performance.now() >= deadline;
      if (!isLate || matches.length === 0) throw error;
      return { generation: state.generation, matches: orderOf(matches), count, isAll: false, isPartial: true };
    }
    return { generation: state.generation, matches: orderOf(matches), count, isAll, isPartial: !state.isComplete };
  }

  /** The messages of these matches, in their order; the last ones are missing when the page has no room for them. */
  async page(generation: number, matches: readonly Match[]): Promise<Omit<Hit, 'score'>[]> {
    const ids = [matches.map(({ chatId }) => chatId), matches.map(({ messageId }) => messageId)];
    return this.database.query<Omit<Hit, 'score'>>(page, [generation, ...ids]);
  }

  /** As Engine.neighbours. */
  async neighbours(generation: number, hits: readonly Hit[], count: number): Promise<Hit[][]> {
    const ids = [hits.map(({ chat_id }) => chat_id), hits.map(({ message_id }) => message_id)];
    const params = [generation, ...ids, count];
    const rows = await this.database.query<Omit<Hit, 'score'> & { place: number }>(neighbours, params);
    const found: Hit[][] = hits.map(() => []);
    for (const { place, ...row } of rows) found[place - 1]!.push({ ...row, score: 0 });
    return found;
  }

  /** For each word its stems by each of the stemmers; words without any are left out. */
  async stems(words: readonly string[], stemmers: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.database.query<{ word: string; stems: string[] }>(stems, [words, stemmers]);
    return new Map(rows.map(({ word, stems: found }) => [word, found]));
  }
}

/** Nothing that is sent from now on may take longer than what is left. */
async function limitTime(transaction: Transaction, deadline: number): Promise<void> {
  const leftMs = Math.floor(deadline - performance.now());
  if (leftMs < 1) throw new FechatterError('UNAVAILABLE', 'The search took too long. Ask for something rarer.');
  await transaction.query(settings, [String(leftMs)]);
}

async function slicesOf(transaction: Transaction, search: Search) {
  const params = [search.chatIds, dateOf(search.from), dateOf(lastMoment(search))];
  const rows = await transaction.query<SliceRow>(slicesStatement, params);
  const slices = rows.flatMap(({ id, newest }): Slice[] => {
    return id === null || newest === null ? [] : [{ id, newest: newest.getTime() }];
  });
  const [{ generation, is_complete } = { generation: 0, is_complete: false }] = rows;
  return { generation, isComplete: is_complete, slices };
}

async function matchesIn(
  transaction: Transaction,
  ids: readonly number[],
  query: string,
  search: Search,
): Promise<Pick<Matches, 'matches' | 'count'>> {
  const { sort, after, from, chatIds } = search;
  const behind = sort === 'recent' && after !== undefined ? [new Date(after.createdAt), after.messageId] : [null, null];
  const range = [dateOf(from), dateOf(lastMoment(search)), ...behind, neededOf(search) + 1, sort === 'relevance'];
  const rows = await transaction.query<MatchRow>(matchesOf, [query, ids, chatIds, ...range, shownOf(search) + 1]);
  const matches = rows.map(({ chat_id, message_id, created_at, rank }) => {
    return { chatId: chat_id, messageId: message_id, createdAt: created_at, rank };
  });
  return { matches, count: rows[0]?.found ?? 0 };
}

/** How many of the newest matches are shown, or compared by relevance. */
function shownOf({ sort, limit }: Search): number {
  return sort === 'recent' ? limit : countedExactly;
}

/** The first page counts, and relevance compares; the order of time goes on from where it was. */
function neededOf({ sort, after, limit }: Search): number {
  return sort === 'recent' && after !== undefined ? limit : countedExactly;
}

/** What came after the first page is not in the list. */
function lastMoment({ to, after }: Search): number | undefined {
  const ends = [to === undefined ? undefined : to - 1, after?.asOf].filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function dateOf(at: number | undefined): Date | null {
  return at === undefined ? null : new Date(at);
}
