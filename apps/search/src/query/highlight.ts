/** Private-use characters that PostgreSQL puts around what matched. */
export const startOfMatch = '\ue000';
export const endOfMatch = '\ue001';

/** What a text is translated with before PostgreSQL marks it, so that it sees no markup, no paths and no marks in it. */
const stoodFor = { '<': '\u0002', '>': '\u0003', '/': '\u0004' };
export const untranslated = `${Object.keys(stoodFor).join('')}${startOfMatch}${endOfMatch}${Object.values(stoodFor).join('')}`;
export const translated = Object.values(stoodFor).join('');

const html: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '"': '&quot;',
  "'": '&#39;',
  [stoodFor['<']]: '&lt;',
  [stoodFor['>']]: '&gt;',
  [stoodFor['/']]: '/',
  [startOfMatch]: '<mark>',
  [endOfMatch]: '</mark>',
};
const special = new RegExp(`[${Object.keys(html).join('')}]`, 'g');
const marked = new RegExp(`(${startOfMatch}[^${endOfMatch}]*${endOfMatch})`);

/**
 * HTML of a headline of translated text: everything escaped, matches in `<mark>`. `runs` are texts without spaces, of which PostgreSQL
 * knows no words: they are marked wherever they stand.
 */
export function highlightHtml(headline: string, runs: readonly string[]): string {
  const all = runs.length === 0 ? headline : markRuns(headline, runs);
  return all.replace(special, (character) => html[character] ?? character);
}

function markRuns(headline: string, runs: readonly string[]): string {
  const longestFirst = runs.toSorted((a, b) => b.length - a.length);
  const any = new RegExp(longestFirst.join('|'), 'gu');
  return headline
    .split(marked)
    .map((part) => (part.startsWith(startOfMatch) ? part : part.replace(any, `${startOfMatch}$&${endOfMatch}`)))
    .join('');
}
