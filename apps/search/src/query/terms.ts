import { bigrams, normalise, unspacedRuns, withoutUnspacedRuns } from '../document/script.js';

/** A search as PostgreSQL is asked for it. What a person types is never part of a statement. */
export interface Terms {
  /** As typed, in the spelling of the index: words, "phrases", or, -not. */
  readonly text: string;
  /** `text` without its last word, which `prefix` looks up as the beginning of words; a tsquery, empty for none. */
  readonly head: string;
  readonly prefix: string;
  /** `text` without the runs that have no spaces, which `grams` looks up; a tsquery, empty for none. */
  readonly spaced: string;
  readonly grams: string;
  /** Runs without spaces that are wanted, as typed: they are marked as they stand. */
  readonly runs: readonly string[];
}

const lastWord = /(?:^|\s)([\p{L}\p{N}][\p{L}\p{N}\p{M}_]+)$/u;

/** Reads what a person typed. */
export function termsOf(query: string): Terms {
  const text = normalise(query.trim());
  const runs = [...new Set(unspacedRuns(text))];
  const excluded = new Set(runs.filter((run) => text.includes(`-${run}`)));
  const grams = runs.map((run) => (excluded.has(run) ? `!(${gramQuery(run)})` : gramQuery(run))).join(' & ');
  return {
    text,
    ...prefixOf(text, runs.length > 0),
    spaced: runs.length > 0 ? withoutUnspacedRuns(text).replaceAll(/-\s/g, ' ') : text,
    grams,
    runs: runs.filter((run) => !excluded.has(run)),
  };
}

/** Only a bare word at the end is still being typed; inside quotation marks every word is meant as it is. */
function prefixOf(text: string, hasRuns: boolean): { head: string; prefix: string } {
  const word = text.includes('"') || hasRuns ? undefined : lastWord.exec(text)?.[1];
  if (word === undefined || word === 'or') return { head: text, prefix: '' };
  return { head: text.slice(0, -word.length), prefix: `${quoted(word)}:*` };
}

/** Every letter begins a pair or ends its run, so a single one is looked up as a beginning. */
function gramQuery(run: string): string {
  const found = bigrams(run);
  return [...run].length === 1 ? `${quoted(run)}:*` : found.map(quoted).join(' & ');
}

function quoted(lexeme: string): string {
  return `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
