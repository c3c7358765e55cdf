import type { Condition, Stems } from '../engine/engine.js';
import { foldText } from '../text/fold.js';
import { tokensOf, type Token } from '../text/tokens.js';

/** What is marked in a text. */
export interface Wanted {
  /** Whole words, under their stems too. */
  readonly words: ReadonlySet<string>;
  readonly stems: ReadonlySet<string>;
  readonly prefixes: ReadonlySet<string>;
  /** Tokens one after the other; the last word may be a beginning. */
  readonly phrases: readonly { readonly tokens: readonly Token[]; readonly isPrefix: boolean }[];
  /** Anywhere in a word, and anywhere in a run. */
  readonly parts: Readonly<Record<Token['kind'], ReadonlySet<string>>>;
}

/** What of a condition is to be marked: everything but what is excluded. */
export function wantedOf(condition: Condition, stems: Stems): Wanted {
  const wanted = {
    words: new Set<string>(),
    stems: new Set<string>(),
    prefixes: new Set<string>(),
    parts: { word: new Set<string>(), run: new Set<string>() },
  };
  const phrases: Wanted['phrases'][number][] = [];
  const visit = (each: Condition): void => {
    if (each.kind === 'all' || each.kind === 'any') each.of.forEach(visit);
    if (each.kind !== 'word' && each.kind !== 'phrase' && each.kind !== 'part') return;
    const tokens = tokensOf(foldText(each.text));
    const [token] = tokens;
    if (token === undefined) return;
    const isPrefix = each.kind === 'word' && each.isPrefix;
    if (each.kind === 'part') tokens.forEach(({ kind, text }) => wanted.parts[kind].add(text));
    else if (tokens.length > 1) phrases.push({ tokens, isPrefix });
    else if (token.kind === 'run') wanted.parts.run.add(token.text);
    else if (isPrefix) wanted.prefixes.add(token.text);
    else wanted.words.add(token.text);
    if (each.kind === 'word' && tokens.length === 1) stems.get(token.text)?.forEach((stem) => wanted.stems.add(stem));
  };
  visit(condition);
  return { ...wanted, phrases };
}
