/** Longer texts are looked at up to here; NFKC can make a text many times as long as it was. */
const maxLength = 32_768;

const ascii = /^[\0-\x7f]*$/;
/** A letter with what belongs to it: marks, the rest of a syllable in Hangul letters, half-width sound marks. */
const cluster = /[\u1100-\u11ff]+|[^\p{M}\uff9e\uff9f][\p{M}\uff9e\uff9f]*|[\p{M}\uff9e\uff9f]+/gu;
/**
 * Accents, vowel points of Arabic and Hebrew; not the marks of scripts that write vowels with them, nor what makes
 * \u0439 of \u0438: another letter, by which stemmers know endings.
 */
const accents = /(?<!\u0438)\u0306|[\u0300-\u0305\u0307-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g;
const invisible = /[\ufe0e\ufe0f\u200b-\u200f\u2060\u00ad\u0640]/g;

/** A text in the one spelling under which it is indexed and looked up, and where each piece of it came from. */
export interface Folded {
  readonly text: string;
  /** For each UTF-16 unit of `text`: where its cluster begins in the original. Its end is the next greater one. */
  readonly origins: readonly number[] | undefined;
}

/** As `foldText`, with the way back to the original; no `origins` where every unit stands at its own place. */
export function fold(original: string): Folded {
  if (ascii.test(original)) return { text: original.toLowerCase(), origins: undefined };
  let text = '';
  const origins: number[] = [];
  for (const { 0: letters, index } of original.matchAll(cluster)) {
    const folded = foldCluster(letters);
    if (text.length + folded.length > maxLength) break;
    text += folded;
    for (let unit = 0; unit < folded.length; unit++) origins.push(index);
  }
  return { text, origins };
}

/**
 * Width, composition, case, accents and invisible characters do not count. Each cluster is folded for itself, so that
 * the same letters fold the same wherever they stand.
 */
export function foldText(text: string): string {
  return fold(text).text;
}

function foldCluster(letters: string): string {
  if (letters.length === 1 && letters < '\x80') return letters.toLowerCase();
  const plain = letters
    .toLowerCase()
    .normalize('NFKD')
    .replace(accents, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(accents, '');
  return plain.replace(invisible, '').replaceAll('ß', 'ss').replaceAll('ς', 'σ').normalize('NFC').toWellFormed();
}
