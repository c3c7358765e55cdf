import { spanOf } from './dates.js';
import { piecesOf, type Piece } from './lexer.js';
import { Limits, most } from './limits.js';
import { QueryError, type Flag, type ParsedQuery, type Query } from './query.js';

const operator = /^(from|in|has|is|before|after|on):(.*)$/isu;
const hasFlags: Readonly<Record<string, Flag>> = { link: 'link', file: 'file', reaction: 'reaction', thread: 'thread' };
const isFlags: Readonly<Record<string, Flag>> = { pinned: 'pinned', thread: 'reply' };

/** What is known from the pieces that were read: every date narrows the time. */
interface Reading {
  from: number | undefined;
  to: number | undefined;
  readonly limits: Limits;
  readonly now: number;
}

/**
 * Understands words, `"phrases"`, `-not`, `OR`, `*parts*`, `from:@name`, `in:#chat`, `before:` `after:` `on:`, `has:`
 * and `is:`. Every text is a query, but for values that an operator does not know and more than `most` allows:
 * QueryError. Linear in the length. `now`: epoch milliseconds.
 */
export function parseQuery(text: string, now: number): ParsedQuery {
  const pieces = piecesOf(text);
  const beyond = pieces[most.words];
  if (beyond !== undefined) throw new QueryError(beyond.at, `Must not have more than ${most.words} words`);
  const reading: Reading = { from: undefined, to: undefined, limits: new Limits(), now };
  const query = together(
    'all',
    alternatives(pieces).map((joined) =>
      together(
        'any',
        joined.map((piece) => readPiece(piece, joined.length > 1, reading)),
      ),
    ),
  );
  const { from, to } = reading;
  const isOnlyTime = query === undefined && (from !== undefined || to !== undefined);
  return { query: isOnlyTime ? { kind: 'all', of: [] } : query, from, to };
}

/** The pieces in lists of those that OR joins. An OR that joins nothing, or is just being typed, says nothing. */
function alternatives(pieces: readonly Piece[]): Piece[][] {
  const lists: Piece[][] = [];
  let isJoined = false;
  for (const piece of pieces) {
    if (piece.kind === 'or' && pieces.length > 1) isJoined = lists.length > 0;
    else {
      if (isJoined) lists.at(-1)!.push(piece);
      else lists.push([piece]);
      isJoined = false;
    }
  }
  return lists;
}

function together(kind: 'all' | 'any', queries: readonly (Query | undefined)[]): Query | undefined {
  const of = queries.filter((query) => query !== undefined);
  return of.length > 1 ? { kind, of } : of[0];
}

function readPiece(piece: Piece, isJoined: boolean, reading: Reading): Query | undefined {
  const query = positive(piece, isJoined, reading);
  return query !== undefined && piece.isExcluded ? { kind: 'not', query } : query;
}

/** Undefined for a date, which says something about the time only, and for signs that no text is found by. */
function positive(piece: Piece, isJoined: boolean, reading: Reading): Query | undefined {
  const { kind, text, at, isExcluded } = piece;
  const { limits } = reading;
  if (kind === 'phrase') return limits.tokens(text, at).length > 0 ? { kind: 'phrase', text } : undefined;
  const [, operatorName = '', value = ''] = operator.exec(text) ?? [];
  const name = operatorName.toLowerCase();
  if (value === '') return bare(piece, limits);
  const valueAt = at + text.length - value.length + (isExcluded ? 1 : 0);
  switch (name) {
    case 'from':
    case 'in': {
      const named = value.replace(name === 'from' ? /^@/ : /^#/, '').trim();
      // Somebody is about to type it.
      if (named === '') return bare(piece, limits);
      limits.name(name, at);
      return { kind: name, name: named };
    }
    case 'has':
      return flagOf(hasFlags, value, valueAt);
    case 'is':
      return flagOf(isFlags, value, valueAt);
    default:
      if (isJoined || isExcluded) throw new QueryError(at, 'A date can neither be excluded nor stand beside OR');
      narrow(reading, name, spanOf(value.toLowerCase(), valueAt, reading.now));
      return undefined;
  }
}

function bare({ text, at, isLast, isExcluded }: Piece, limits: Limits): Query | undefined {
  const isPart = /^\*.+\*$/su.test(text);
  if (limits.tokens(text, at, isPart).length === 0) return undefined;
  if (isPart) return { kind: 'part', text: text.slice(1, -1) };
  if (/^.+\*$/su.test(text)) return { kind: 'word', text: text.slice(0, -1), isPrefix: true };
  return { kind: 'word', text, isPrefix: isLast && !isExcluded };
}

function flagOf(known: Readonly<Record<string, Flag>>, value: string, at: number): Query {
  const flag = Object.hasOwn(known, value.toLowerCase()) ? known[value.toLowerCase()] : undefined;
  if (flag === undefined) throw new QueryError(at, `Must be one of: ${Object.keys(known).join(', ')}`);
  return { kind: 'flag', flag };
}

/** `after:` begins when the named day has ended. */
function narrow(time: Pick<Reading, 'from' | 'to'>, name: string, { from, to }: { from: number; to: number }): void {
  const begin = name === 'after' ? to : name === 'on' ? from : undefined;
  const end = name === 'before' ? from : name === 'on' ? to : undefined;
  if (begin !== undefined) time.from = Math.max(begin, time.from ?? begin);
  if (end !== undefined) time.to = Math.min(end, time.to ?? end);
}
