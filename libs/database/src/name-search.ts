/** The schema of PostgreSQL's extensions: the admin makes it, and every role may use what is in it. */
export const extensionSchema = 'extensions';

/**
 * The share of the trigrams of a text that a part of a name must have to be similar to it. A setting, because the operator
 * that the index knows takes no other.
 */
export const similaritySetting = 'pg_trgm.word_similarity_threshold = 0.35';

/** Begins with, contains and is similar to a text, and what comes first, as SQL over one column. */
export interface NameMatch {
  readonly begins: string;
  /** In the order of the index that finds them. */
  readonly beginsOrder: string;
  /** And does not begin with it. */
  readonly contains: string;
  /** And does not contain it. */
  readonly similar: string;
  /** Any of the three. */
  readonly any: string;
  /** Equal, begins with it, a word begins with it, contains it, similar; then the shorter name. */
  readonly order: string;
}

/** Behind every text that begins the same. */
const behind = 'chr(1114111)';

/** What separates the words of a name. */
const separators = [' ', '.', '-', String.raw`\_`];

/**
 * The SQL for `column`, whose names are folded as `fold` folds a parameter. $1 to $3 are the `nameParams`. Comparisons are
 * by bytes, as those of text_pattern_ops, whatever the collation: one plan serves all values, which LIKE with a parameter
 * does not for beginnings.
 */
export function nameMatch(column: string, fold: (text: string) => string = (text) => text): NameMatch {
  const [text, pattern, similarTo] = ['$1::text', '$2::text', '$3::text'].map(fold);
  const begins = `${column} ~>=~ ${text} AND ${column} ~<~ (${text} || ${behind})`;
  const inside = `${column} LIKE '%' || ${pattern} || '%'`;
  const like = `${similarTo} OPERATOR(${extensionSchema}.<%) ${column}`;
  const words = separators.map((separator) => `'%${separator}' || ${pattern} || '%'`).join(',\n         ');
  return {
    begins,
    beginsOrder: `${column} USING ~<~`,
    contains: `${inside} AND NOT starts_with(${column}, ${text})`,
    similar: `${like} AND strpos(${column}, ${text}) = 0`,
    any: `(
       starts_with(${column}, ${text}) OR ${inside}
       OR ${like}
     )`,
    order: `CASE
       WHEN ${column} = ${text} THEN 0
       WHEN starts_with(${column}, ${text}) THEN 1
       WHEN ${column} LIKE ANY (ARRAY[${words}]) THEN 2
       WHEN strpos(${column}, ${text}) > 0 THEN 3
       ELSE 5 - ${extensionSchema}.word_similarity(${similarTo}, ${column})
     END, length(${column}), ${column}`,
  };
}

/**
 * The text, what LIKE takes for it, and what names may be similar to. Null for what is not looked for: the index of
 * trigrams knows three letters or digits in a row, and fewer than four are similar to everything.
 */
export function nameParams(text: string): [name: string, pattern: string | null, similarTo: string | null] {
  const longest = Math.max(0, ...(text.match(/[\p{L}0-9]+/gu) ?? []).map((run) => [...run].length));
  return [text, longest >= 3 ? text.replace(/[\\%_]/g, String.raw`\$&`) : null, longest >= 4 ? text : null];
}
