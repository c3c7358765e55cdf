import { foldText } from '../text/fold.js';
import { tokensOf, type Token } from '../text/tokens.js';
import type { Condition, Stems } from './engine.js';
import { bigrams, cut, hasStem, marks, partMark, sliceMark } from './lexemes.js';

/** The words of a condition that may be looked up by their stem. */
export function stemmedWords(condition: Condition): string[] {
  switch (condition.kind) {
    case 'word': {
      const [token, ...rest] = tokensOf(foldText(condition.text));
      return token?.kind === 'word' && rest.length === 0 && hasStem(token.text) ? [token.text] : [];
    }
    case 'all':
    case 'any':
      return condition.of.flatMap(stemmedWords);
    case 'not':
      return stemmedWords(condition.condition);
    default:
      return [];
  }
}

/** What a match is ranked by: filters have no place in a text, and nothing near to them counts for anything. */
export function withoutFilters(condition: Condition): Condition {
  if (condition.kind !== 'all') return condition;
  const of = condition.of.filter(({ kind }) => !['sender', 'chat', 'flag', 'not'].includes(kind)).map(withoutFilters);
  return of.length === 0 ? condition : { kind: 'all', of };
}

/**
 * The condition as a tsquery with marks for the slice, and for the words that hold a part. Undefined where there is
 * nothing to look up. What is excluded always stands beside something that is wanted: an index cannot look up what is
 * not there.
 */
export function tsqueryOf(condition: Condition, stems: Stems): string | undefined {
  switch (condition.kind) {
    case 'word':
      return wordQuery(condition.text, condition.isPrefix, stems);
    case 'phrase':
      return phraseQuery(tokensOf(foldText(condition.text)), false);
    case 'part':
      return joined(tokensOf(foldText(condition.text)).map(partQuery), '&');
    case 'sender':
    case 'chat':
      // Nobody and nothing has the id 0.
      return anyOf(
        (condition.ids.length > 0 ? condition.ids : [0]).map((id) => lexeme(`${marks[condition.kind]}${id}`)),
      );
    case 'flag':
      return lexeme(`${marks.flag}${condition.flag}`);
    case 'any':
      return joined(
        condition.of.map((each) => tsqueryOf(each, stems)),
        '|',
      );
    case 'all':
      return condition.of.length === 0 ? lexeme(marks.every) : allQuery(condition.of, stems);
    case 'not':
      return allQuery([condition], stems);
  }
}

function allQuery(conditions: readonly Condition[], stems: Stems): string | undefined {
  const wanted = conditions.filter(({ kind }) => kind !== 'not').map((each) => tsqueryOf(each, stems));
  const excluded = conditions.flatMap((each) => {
    const query = each.kind === 'not' ? tsqueryOf(each.condition, stems) : undefined;
    return query === undefined ? [] : `!${query}`;
  });
  if (excluded.length === 0) return joined(wanted, '&');
  return joined([joined(wanted, '&') ?? lexeme(marks.every), ...excluded], '&');
}

function wordQuery(text: string, isPrefix: boolean, stems: Stems): string | undefined {
  const tokens = tokensOf(foldText(text));
  const [token] = tokens;
  if (token === undefined) return undefined;
  if (token.kind === 'run' || tokens.length > 1) return phraseQuery(tokens, isPrefix);
  const others = (stems.get(token.text) ?? []).map((stem) => lexeme(stem));
  return anyOf([lexeme(cut(token.text), isPrefix), ...others]);
}

/** Tokens one after the other; the last word may be a beginning. */
function phraseQuery(tokens: readonly Token[], isPrefix: boolean): string | undefined {
  let query = '';
  let distance = 0;
  for (const [index, { kind, text }] of tokens.entries()) {
    const last = isPrefix && index === tokens.length - 1;
    const parts = kind === 'word' ? [lexeme(cut(text), last)] : runLexemes(text);
    for (const [at, part] of parts.entries()) {
      query += query === '' ? part : ` <${at === 0 ? distance : 1}> ${part}`;
    }
    // The last pair of a run begins one place before its last letter.
    distance = kind === 'run' && parts.length > 0 && [...text].length > 1 ? 2 : 1;
  }
  return query === '' ? undefined : `(${query})`;
}

/** Every letter begins a pair or ends its run, so a single one is looked up as a beginning. */
function runLexemes(run: string): string[] {
  const letters = [...run];
  if (letters.length === 1) return [lexeme(`${marks.run}${run}`, true)];
  return bigrams(letters).map((pair) => lexeme(`${marks.run}${pair}`));
}

/** At the beginning of a word or anywhere inside; a single letter at the beginning only. */
function partQuery({ kind, text }: Token): string {
  if (kind === 'run') return `(${runLexemes(text).join(' <-> ')})`;
  return [...text].length === 1 ? lexeme(text, true) : `${partMark}${cut(text)}${partMark}`;
}

/** What is between the parts of a query, and the parts, each with the pairs that its words hold. */
export function piecesOf(query: string): { texts: string[]; parts: (string | null)[]; pairs: (string | null)[] } {
  const pieces = query.split(partMark);
  const texts = pieces.filter((_, index) => index % 2 === 0);
  const parts = texts.map((_, index) => pieces[2 * index + 1] ?? null);
  const pairs = parts.map(
    (part) =>
      part &&
      bigrams([...part])
        .map((pair) => lexeme(pair))
        .join(' & '),
  );
  return { texts, parts, pairs };
}

function anyOf(queries: readonly string[]): string | undefined {
  return joined(queries, '|');
}

function joined(queries: readonly (string | undefined)[], operator: '&' | '|'): string | undefined {
  const given = queries.filter((query) => query !== undefined);
  return given.length <= 1 ? given[0] : `(${given.join(` ${operator} `)})`;
}

function lexeme(text: string, isPrefix = false): string {
  return `'${sliceMark}${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'${isPrefix ? ':*' : ''}`;
}
