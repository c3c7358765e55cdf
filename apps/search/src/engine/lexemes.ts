import { foldText } from '../text/fold.js';
import { stemmerOf } from '../text/languages.js';
import { maxWordLength, tokensOf, type Token } from '../text/tokens.js';

/** Stands for the slice of the index in which a lexeme is; PostgreSQL puts it in. */
export const sliceMark = '\u0001';

/** Stands before and behind a part of a word in a query; PostgreSQL puts the words in that hold it. */
export const partMark = '\u0002';

/** What a lexeme begins with that is not a word. */
export const marks = { run: '~', sender: '@', chat: '=', flag: '#', every: '*' } as const;

/** As far as PostgreSQL counts. */
const lastPosition = 16_383;
const positionsOfLexeme = 255;
const link = /\b(?:https?|ftp):\/\/\S/iu;

/** What is stored for a text: a tsvector as text, its words, and those to stem with the stemmer of their language. */
export interface Lexemes {
  readonly vector: string;
  readonly words: string;
  readonly toStem: string;
  readonly stemmer: string;
}

/** What a message is found by. Slices are marked by `sliceMark`. */
export function lexemesOf(content: string, senderId: number, chatId: number, isReply: boolean): Lexemes {
  const tokens = tokensOf(foldText(content));
  const words = new Set(tokens.flatMap(({ kind, text }) => (kind === 'word' ? cut(text) : [])));
  const places = placesOf(tokens);
  const facts = [`${marks.every}`, `${marks.sender}${senderId}`, `${marks.chat}${chatId}`];
  if (link.test(content)) facts.push(`${marks.flag}link`);
  if (isReply) facts.push(`${marks.flag}reply`);
  const placed = [...places].map(([lexeme, at]) => `'${sliceMark}${lexeme}':${at.join(',')}`);
  return {
    vector: [...facts.map((fact) => `'${sliceMark}${fact}'`), ...placed].join(' '),
    words: [...words].join(' '),
    toStem: [...words].filter(hasStem).join(' '),
    stemmer: stemmerOf([...words]),
  };
}

/** Numbers, single letters and very long words are looked up as they are. */
export function hasStem(word: string): boolean {
  return word.length > 1 && word.length <= 32 && !/\p{N}/u.test(word);
}

/** A word as far as it is indexed. */
export function cut(word: string): string {
  return word.length <= maxWordLength ? word : word.slice(0, maxWordLength).toWellFormed();
}

/** Pairs of neighbours. */
export function bigrams(letters: readonly string[]): string[] {
  return letters.slice(1).map((letter, index) => `${letters[index]!}${letter}`);
}

/** Words and letters of runs count as one place each, so that phrases may cross from one to the other. */
function placesOf(tokens: readonly Token[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  const put = (lexeme: string, at: number): void => {
    const known = places.get(lexeme);
    if (known === undefined) places.set(lexeme, [Math.min(at, lastPosition)]);
    else if (known.length < positionsOfLexeme && at <= lastPosition) known.push(at);
  };
  let place = 1;
  for (const { kind, text } of tokens) {
    if (kind === 'word') {
      put(cut(text), place++);
      continue;
    }
    const letters = [...text];
    for (const pair of bigrams(letters)) put(`${marks.run}${pair}`, place++);
    put(`${marks.run}${letters.at(-1)!}`, place++);
  }
  return places;
}
