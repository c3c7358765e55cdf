/**
 * Letters of scripts that put no spaces between words, or join particles to them, and emoji: found by the letters
 * themselves, wherever they stand.
 */
const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}\\p{Script=Thai}' +
  '\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\u30fc\u3005\\p{Extended_Pictographic}\\p{EMod}\\p{RI}';
const token = new RegExp(
  `([${unspaced}][${unspaced}\\p{M}]*)|[\\p{L}\\p{N}_](?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}_])*`,
  'gu',
);

/** Longer words are known by their beginning. */
export const maxWordLength = 64;

/** A word, or a run of letters without spaces. */
export interface Token {
  readonly kind: 'word' | 'run';
  readonly text: string;
  /** Place in the text that was given, in UTF-16 units. */
  readonly at: number;
}

/** The tokens of a folded text, in their order. */
export function tokensOf(folded: string): Token[] {
  return Array.from(folded.matchAll(token), ({ 0: text, 1: run, index }) => ({
    kind: run === undefined ? 'word' : 'run',
    text,
    at: index,
  }));
}
