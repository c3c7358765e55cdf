import type { Stems } from '../engine/engine.js';
import { fold, type Folded } from '../text/fold.js';
import { tokensOf } from '../text/tokens.js';
import { merged, rangesOf, type Range } from './ranges.js';
import type { Wanted } from './wanted.js';

/** Longer texts are shown in fragments: at most so many, with so many characters around what is marked. */
const shownWhole = 1_000;
const fragments = 3;
const around = 80;

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
const html: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** The words of a text whose stems tell whether they are wanted. */
export function wordsToStem(text: string, { stems }: Wanted): string[] {
  const beginnings = new Set([...stems].map((stem) => stem.slice(0, 2)));
  const words = tokensOf(fold(text).text).filter(({ kind }) => kind === 'word');
  return [...new Set(words.map((word) => word.text))].filter((word) => beginnings.has(word.slice(0, 2)));
}

/**
 * The text as HTML: everything escaped, what is wanted in `<mark>`. Marks begin and end where the characters that a
 * person sees do. Of a long text the fragments around the first marks.
 */
export function highlightHtml(text: string, wanted: Wanted, stems: Stems): string {
  const folded = fold(text);
  const found = rangesOf(tokensOf(folded.text), wanted, stems);
  const shown = text.length <= shownWhole ? [...found] : untilFull(found, folded);
  const ranges = merged(merged(shown).map((range) => original(text, folded, range)));
  if (text.length <= shownWhole) return marked(text, { start: 0, end: text.length }, ranges);
  return windowsOf(text, ranges)
    .map((window) => marked(text, window, ranges))
    .join(' … ');
}

/** The ranges that the fragments of a long text have room for, and few more. */
function untilFull(found: Iterable<Range>, { origins }: Folded): Range[] {
  const ranges: Range[] = [];
  let groups = 0;
  let [begin, last] = [0, -Infinity];
  for (const range of found) {
    const at = origins?.[range.start] ?? range.start;
    // So far from each other two ranges are in fragments of their own, whatever the characters between.
    if (at - last > shownWhole) {
      groups++;
      begin = at;
    }
    if (groups > fragments || at - begin > fragments * shownWhole) break;
    last = Math.max(last, at);
    ranges.push(range);
  }
  return ranges;
}

/** Where a range of the folded text stands in the original, in whole graphemes. */
function original(text: string, { origins }: Folded, { start, end }: Range): Range {
  if (origins === undefined) return { start, end };
  const lastOrigin = origins[end - 1]!;
  let after = end;
  while (origins[after] === lastOrigin) after++;
  const [first, last] = [boundary(text, origins[start]!, 'before'), origins[after] ?? text.length];
  return { start: first, end: boundary(text, last, 'after') };
}

/** How far around a place a grapheme may reach that is looked at; longer ones are no letters but jokes. */
const reach = 64;

function boundary(text: string, at: number, side: 'before' | 'after'): number {
  if (at <= 0 || at >= text.length || isBetweenAscii(text, at)) return at;
  const from = wholeCharacter(text, Math.max(0, at - reach));
  const segment = segmenter.segment(text.slice(from, at + reach)).containing(at - from);
  if (segment === undefined || segment.index + from === at) return at;
  return side === 'before'
    ? from + segment.index
    : Math.min(text.length, from + segment.index + segment.segment.length);
}

/** There every character stands for itself, but for the end of a line. */
function isBetweenAscii(text: string, at: number): boolean {
  return text.charCodeAt(at - 1) < 0x80 && text.charCodeAt(at) < 0x80 && text[at] !== '\n';
}

/** Not between the halves of a character. */
function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff && at > 0 ? at - 1 : at;
}

function windowsOf(text: string, ranges: readonly Range[]): Range[] {
  const windows = merged(
    ranges.map(({ start, end }) => ({
      start: boundary(text, Math.max(0, start - around), 'before'),
      end: boundary(text, Math.min(text.length, Math.min(end, start + shownWhole) + around), 'after'),
    })),
  );
  if (windows.length === 0) return [{ start: 0, end: boundary(text, 2 * around, 'after') }];
  return windows.slice(0, fragments).map(({ start, end }) => {
    return { start, end: boundary(text, Math.min(end, start + shownWhole), 'after') };
  });
}

function marked(text: string, { start, end }: Range, ranges: readonly Range[]): string {
  let result = '';
  let at = start;
  for (const range of ranges) {
    if (range.end <= start || range.start >= end) continue;
    const [from, to] = [Math.max(range.start, at), Math.min(range.end, end)];
    result += `${escaped(text.slice(at, from))}<mark>${escaped(text.slice(from, to))}</mark>`;
    at = to;
  }
  return result + escaped(text.slice(at, end));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => html[character]!);
}
