import { Injectable } from '@nestjs/common';
import { FechatterError } from '#contracts/error.js';
import { isStatementTimeout } from '#database/errors.js';
import { sql } from '#database/statement.js';
import { countedExactly, type Hit, type Search } from './engine.js';
import { FindDatabase } from './find.database.js';
import { findSql } from './find.sql.js';
import { piecesOf } from './tsquery.js';

/** The first matches in the order that was asked for, as many as a page has room for, and what was seen of the whole. */
export interface Matches {
  readonly hits: readonly Hit[];
  readonly hasMore: boolean;
  /** How many there are, as far as they were counted. */
  readonly count: number;
  readonly isAll: boolean;
  /** The moment from which the age of matches is counted. */
  readonly asOf: number;
  /** The time was up, or there were more words that hold a part than are looked up. */
  readonly isPartial: boolean;
}

/** What was seen, in every row. */
interface Seen {
  readonly found: number;
  readonly is_cut: boolean;
  /** The time of the newest message in the slices that were not looked at, if there are any. */
  readonly rest: Date | null;
}

interface MatchRow extends Hit, Seen {
  /** With those that the page has no room for, and one more than the limit. */
  readonly ordered: number;
  readonly as_of: Date;
}

/** The matches of one run; `seen` is not there where there is no index yet. */
interface Run {
  readonly rows: readonly MatchRow[];
  readonly seen: Seen | undefined;
}

/** So many are compared by relevance, however long it takes. */
const comparedAtLeast = 100;
/** For so long more are counted, and compared, than are needed. */
const countingMs = 2;

/**
 * What is looked at: from when on, how many matches of each slice and of all, after how many of them only the time for
 * counting is left, and for how long at most.
 */
interface Range {
  readonly from: number | undefined;
  readonly ofSlice: number;
  readonly ofAll: number | null;
  readonly enough: number | null;
  readonly ms: number;
}

const find = sql('search.find', findSql);

/** What is shown of a neighbour, in characters: there may be ten for each hit, and they are there for orientation. */
const shownOfNeighbour = 1_000;

const neighbours = sql(
  'search.neighbours',
  `SELECT n.place::int AS place, d.chat_id, d.message_id, d.seq, d.sender_id,
     left(d.content, ${shownOfNeighbour}) AS content, d.created_at
   FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY n(chat_id, message_id, place)
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

/** Two tsqueries with marks for the slice: what is looked up, with marks for parts, and what of it is ranked. */
interface Query {
  readonly wanted: string;
  readonly ranked: string | null;
}

/** Looks up what the index holds. */
@Injectable()
export class MatchRepository {
  constructor(private readonly database: FindDatabase) {}

  /**
   * Slices may overlap in time: from the last message of the page on, those are looked at too that were not. Throws
   * UNAVAILABLE when the time is up before anything was found.
   */
  async find(query: Query, search: Search, budgetMs: number): Promise<Matches> {
    const startedAt = performance.now();
    const leftMs = (): number => budgetMs - (performance.now() - startedAt);
    const needed = neededOf(search);
    const enough = search.after === undefined ? enoughOf(search) : null;
    const whole = { from: search.from, ofSlice: needed, ofAll: needed, enough };
    const first = await this.run(query, search, { ...whole, ms: budgetMs }).catch(tooLong);
    const from = unseen(first, search);
    const beyond = { from, ofSlice: search.limit + 1, ofAll: null, enough: null };
    const rest =
      from === undefined ? undefined : await this.run(query, search, { ...beyond, ms: leftMs() }).catch(lateOnly);
    const isLate = leftMs() <= 0 || rest === 'late';
    const { rows, seen } = rest === undefined || rest === 'late' ? first : better(first, rest, isLate);
    if (isLate && rows.length === 0) throw tookTooLong();
    const hits = rows.slice(0, search.limit);
    const { ordered = 0, as_of } = rows[0] ?? {};
    return {
      hits,
      hasMore: ordered > hits.length,
      asOf: as_of?.getTime() ?? 0,
      count: first.seen?.found ?? 0,
      isAll: (first.seen?.rest ?? null) === null,
      isPartial: isLate || (first.seen?.is_cut ?? false) || (seen?.is_cut ?? false),
    };
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

  private async run(query: Query, search: Search, { from, ofSlice, ofAll, enough, ms }: Range): Promise<Run> {
    const { sort, after, limit, chatIds } = search;
    const { texts, parts, pairs } = piecesOf(query.wanted);
    const behind = after === undefined ? [null, null] : [new Date(after.createdAt), after.messageId];
    const wanted = [texts, parts, pairs, chatIds, dateOf(from), dateOf(lastMoment(search))];
    const newest = sort === 'recent' ? behind : [null, null];
    const pace = [ofSlice, Math.ceil(ms), sort === 'relevance', dateOf(after?.asOf), limit + 1];
    const ranking = [after?.score ?? null, ...behind, ofAll, enough, countingMs, query.ranked];
    const params = [...wanted, ...newest, ...pace, ...ranking];
    const rows = await this.database.query<MatchRow | (Seen & { message_id: null })>(find, params);
    return { rows: rows.filter((row) => row.message_id !== null), seen: rows[0] };
  }
}

function tookTooLong(cause?: unknown): FechatterError {
  return new FechatterError('UNAVAILABLE', 'The search took too long. Ask for something rarer.', { cause });
}

function tooLong(error: unknown): never {
  throw isStatementTimeout(error) ? tookTooLong(error) : error;
}

function lateOnly(error: unknown): 'late' {
  if (!isStatementTimeout(error)) throw error;
  return 'late';
}

/** The second run knows more, unless it had to end before it came as far as the first. */
function better(first: Run, second: Run, isLate: boolean): Run {
  return isLate && second.rows.length < first.rows.length ? first : second;
}

/** How many matches fill a page, with one more, and make relevance worth its name. */
function enoughOf({ sort, limit }: Search): number {
  return sort === 'recent' ? limit + 1 : Math.max(comparedAtLeast, limit + 1);
}

/**
 * The time from which on something may be missing among the first matches: undefined where nothing is. Relevance takes
 * the slices as they come.
 */
function unseen({ rows }: Run, { sort }: Search): number | undefined {
  const last = rows.at(-1);
  if (last === undefined || sort !== 'recent') return undefined;
  const at = last.created_at.getTime();
  return at <= (last.rest?.getTime() ?? -Infinity) ? at : undefined;
}

/**
 * How many matches are looked for, one more than are counted or shown. The first page counts; later ones compare by
 * relevance what the first one has compared.
 */
function neededOf({ sort, after, limit }: Search): number {
  if (after === undefined || (sort === 'relevance' && after.total === countedExactly)) return countedExactly + 1;
  return sort === 'recent' ? limit + 1 : after.total;
}

/** What came after the first page is not in the list. */
function lastMoment({ to, after }: Search): number | undefined {
  const ends = [to === undefined ? undefined : to - 1, after?.asOf].filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function dateOf(at: number | undefined): Date | null {
  return at === undefined ? null : new Date(at);
}
