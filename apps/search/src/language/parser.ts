import { foldText } from '../text/fold.js';
import { tokensOf } from '../text/tokens.js';
import { spanOf } from './dates.js';
import { piecesOf, type Piece } from './lexer.js';
import { QueryError, type Flag, type ParsedQuery, type Query } from './query.js';

/** More pieces are refused: no person types them, and each costs a look into the index. */
export const maxPieces = 64;

const operator = /^(from|in|has|is|before|after|on):(.*)$/isu;
const hasFlags: Readonly<Record<string, Flag>> = { link: 'link', file: 'file', reaction: 'reaction', thread: 'thread' };
const isFlags: Readonly<Record<string, Flag>> = { pinned: 'pinned', thread: 'reply' };

/** The stretch of time so far; every date narrows it. */
interface Time {
  from: number | undefined;
  to: number | undefined;
}

/**
 * Understands words, `"phrases"`, `-not`, `OR`, `*parts*`, `from:@name`, `in:#chat`, `before:` `after:` `on:`, `has:`
 * and `is:`. Every text is a query, but for values that an operator does not know and too many pieces: QueryError.
 * Linear in the length. `now`: epoch milliseconds.
 */
export function parseQuery(text: string, now: number): ParsedQuery {
  const pieces = piecesOf(text);
  const beyond = pieces[maxPieces];
  if (beyond !== undefined) throw new QueryError(beyond.at, `Must not have more than ${maxPieces} words`);
  const time: Time = { from: undefined, to: undefined };
  const all: (Query | undefined)[] = [];
  for (let index = 0; index < pieces.length; index++) {
    // An OR that joins nothing, or is just being typed.
    if (pieces[index]!.kind === 'or' && pieces.length > 1) continue;
    const any = [readPiece(pieces[index]!, pieces, index, time, now)];
    while (pieces[index + 1]?.kind === 'or' && pieces[index + 2] !== undefined) {
      index += 2;
      any.push(readPiece(pieces[index]!, pieces, index, time, now));
    }
    all.push(together('any', any));
  }
  const query = together('all', all);
  const isOnlyTime = query === undefined && (time.from !== undefined || time.to !== undefined);
  return { query: isOnlyTime ? { kind: 'all', of: [] } : query, ...time };
}

function together(kind: 'all' | 'any', queries: readonly (Query | undefined)[]): Query | undefined {
  const of = queries.filter((query) => query !== undefined);
  return of.length > 1 ? { kind, of } : of[0];
}

function readPiece(piece: Piece, pieces: readonly Piece[], index: number, time: Time, now: number): Query | undefined {
  const query = positive(piece, isJoined(pieces, index), time, now);
  return query !== undefined && piece.isExcluded ? { kind: 'not', query } : query;
}

/** Undefined for a date, which says something about the time only, and for signs that no text is found by. */
function positive(piece: Piece, joined: boolean, time: Time, now: number): Query | undefined {
  const { kind, text, at, isLast, isExcluded } = piece;
  if (kind === 'phrase') return isText(text) ? { kind: 'phrase', text } : undefined;
  const [, name, value = ''] = operator.exec(text) ?? [];
  if (name === undefined || value === '') return bare(text, isLast && !isExcluded);
  const valueAt = at + text.length - value.length + (isExcluded ? 1 : 0);
  switch (name.toLowerCase()) {
    case 'from':
      return { kind: 'from', name: value.replace(/^@/, '') };
    case 'in':
      return { kind: 'in', name: value.replace(/^#/, '') };
    case 'has':
      return flagOf(hasFlags, value, valueAt);
    case 'is':
      return flagOf(isFlags, value, valueAt);
    default:
      if (joined || isExcluded) throw new QueryError(at, 'A date can neither be excluded nor stand beside OR');
      narrow(time, name.toLowerCase(), spanOf(value.toLowerCase(), valueAt, now));
      return undefined;
  }
}

function isText(text: string): boolean {
  return tokensOf(foldText(text)).length > 0;
}

function bare(text: string, isPrefix: boolean): Query | undefined {
  if (!isText(text)) return undefined;
  if (/^\*.+\*$/su.test(text)) return { kind: 'part', text: text.slice(1, -1) };
  if (/^.+\*$/su.test(text)) return { kind: 'word', text: text.slice(0, -1), isPrefix: true };
  return { kind: 'word', text, isPrefix };
}

function flagOf(known: Readonly<Record<string, Flag>>, value: string, at: number): Query {
  const flag = Object.hasOwn(known, value.toLowerCase()) ? known[value.toLowerCase()] : undefined;
  if (flag === undefined) throw new QueryError(at, `Must be one of: ${Object.keys(known).join(', ')}`);
  return { kind: 'flag', flag };
}

/** `after:` begins when the named day has ended. */
function narrow(time: Time, name: string, { from, to }: { from: number; to: number }): void {
  const begin = name === 'after' ? to : name === 'on' ? from : undefined;
  const end = name === 'before' ? from : name === 'on' ? to : undefined;
  if (begin !== undefined) time.from = Math.max(begin, time.from ?? begin);
  if (end !== undefined) time.to = Math.min(end, time.to ?? end);
}

function isJoined(pieces: readonly Piece[], index: number): boolean {
  const before = pieces[index - 1]?.kind === 'or' && index > 1;
  return before || (pieces[index + 1]?.kind === 'or' && pieces[index + 2] !== undefined);
}
