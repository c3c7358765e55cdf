import type { Stems } from '../engine/engine.js';
import type { Token } from '../text/tokens.js';
import type { Wanted } from './wanted.js';

/** A stretch of a text, in UTF-16 units: from `start` until before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Where in these tokens of a folded text something is that is wanted, token after token, so that whoever has enough need
 * not look on. What belongs to a phrase may come before what stands between, and ranges may overlap.
 */
export function* rangesOf(tokens: readonly Token[], wanted: Wanted, stems: Stems): Generator<Range> {
  for (const [index, token] of tokens.entries()) {
    yield* inToken(token, wanted, stems);
    for (const { tokens: phrase, isPrefix } of wanted.phrases) yield* phraseAt(tokens, index, phrase, isPrefix);
  }
}

function inToken(token: Token, wanted: Wanted, stems: Stems): Range[] {
  const { kind, text, at } = token;
  if (kind === 'word' && isWanted(text, wanted, stems)) return [range(at, text.length)];
  const found: Range[] = [];
  for (const part of wanted.parts[kind]) {
    for (const start of occurrences(text, part)) found.push(range(at + start, part.length));
  }
  return found;
}

function isWanted(word: string, { words, prefixes, stems: wantedStems }: Wanted, stems: Stems): boolean {
  if (words.has(word)) return true;
  for (const prefix of prefixes) if (word.startsWith(prefix)) return true;
  return wantedStems.has(word) || (stems.get(word) ?? []).some((stem) => wantedStems.has(stem) || words.has(stem));
}

/** A run of a phrase may be the end, the beginning or any part of a run of the text. */
function phraseAt(tokens: readonly Token[], first: number, phrase: readonly Token[], isPrefix: boolean): Range[] {
  if (first + phrase.length > tokens.length) return [];
  const ranges: Range[] = [];
  for (const [index, wanted] of phrase.entries()) {
    const last = index === phrase.length - 1;
    const start = startIn(tokens[first + index]!, wanted, index === 0, last, isPrefix);
    if (start === -1) return [];
    ranges.push(range(tokens[first + index]!.at + start, wanted.text.length));
  }
  return ranges;
}

function startIn(token: Token, wanted: Token, isFirst: boolean, isLast: boolean, isPrefix: boolean): number {
  if (token.kind !== wanted.kind) return -1;
  const { text } = token;
  if (text === wanted.text) return 0;
  if (wanted.kind === 'word') return isLast && isPrefix && text.startsWith(wanted.text) ? 0 : -1;
  if (isFirst && text.endsWith(wanted.text)) return text.length - wanted.text.length;
  return isLast && text.startsWith(wanted.text) ? 0 : -1;
}

function occurrences(text: string, part: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) found.push(at);
  return found;
}

function range(start: number, length: number): Range {
  return { start, end: start + length };
}

/** In order; those that touch or overlap become one. */
export function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const next of ranges.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = result.at(-1);
    if (last !== undefined && next.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, next.end) };
    } else result.push(next);
  }
  return result;
}
