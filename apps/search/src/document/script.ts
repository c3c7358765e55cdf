/** Letters of scripts that put no spaces between words; PostgreSQL takes a whole run of them for one word. */
const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}' +
  '\\p{Script=Khmer}\\p{Script=Myanmar}\u30fc\u3005';
const run = new RegExp(`[${unspaced}][${unspaced}\\p{M}]*`, 'gu');

/** Longer texts are indexed up to here; NFKC can make a text many times as long as it was. */
const maxIndexedLength = 32_768;

/**
 * The one spelling under which text is indexed and looked up: width, composition and case of letters do not count.
 * PostgreSQL would see markup in angle brackets, and not index what follows `<script>`, and a path around a slash.
 */
export function normalise(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll(/[<>/]/g, ' ');
  return plain.slice(0, maxIndexedLength).toWellFormed();
}

/** The runs of a text that are written without spaces. */
export function unspacedRuns(text: string): string[] {
  return text.match(run) ?? [];
}

/** A text without those runs. */
export function withoutUnspacedRuns(text: string): string {
  return text.replace(run, ' ');
}

/** Pairs of neighbours in a run; a run of one is itself. */
export function bigrams(run: string): string[] {
  const letters = [...run];
  return letters.length === 1 ? letters : letters.slice(1).map((letter, index) => `${letters[index] ?? ''}${letter}`);
}

/**
 * What a text without spaces is found by: the pairs of neighbouring letters, and the last letter of each run, so that
 * every letter begins one of them.
 */
export function grams(text: string): string[] {
  const found = unspacedRuns(text).flatMap((each) => [...bigrams(each), [...each].at(-1) ?? '']);
  return [...new Set(found)];
}
