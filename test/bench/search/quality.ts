import type { SearchPage } from '#contracts/search.contract.js';
import { randomOf } from '#testing/random.js';
import type { Figure } from '../bench.js';
import type { Corpus } from './corpus.js';
import { scripts } from './texts.js';

const items = 200;
const needlesPerScript = 5;
/** More than search counts exactly is compared by nobody. */
const mostMatches = 1_000;

/** How often a message is among the first ten for three of its words, and whether parts find all that holds them. */
export async function qualityOf(corpus: Corpus): Promise<Figure[]> {
  const figures = [await knownItems(corpus)];
  const random = randomOf(1);
  for (const [script, [letters]] of [
    ...Object.entries(scripts),
    ['numbers', ['0123456789']],
    ['parts of words', ['']],
  ] as const) {
    const needles = await needlesOf(corpus, letters, random);
    if (needles.length === 0) continue;
    let [wanted, found] = [0, 0];
    for (const needle of needles) {
      const expected = await bruteForce(corpus, needle);
      const seen = await allResults(corpus, `*${needle}*`);
      wanted += expected.length;
      found += expected.filter((id) => seen.has(id)).length;
    }
    if (wanted > 0) {
      figures.push({
        name: `recall of parts, ${script}`,
        unit: '',
        ours: found / wanted,
        bar: { of: 'ours', atLeast: 1 },
      });
    }
  }
  return figures;
}

async function knownItems({ textOf, count, person }: Corpus): Promise<Figure> {
  const random = randomOf(2);
  let [asked, found] = [0, 0];
  while (asked < items) {
    const text = textOf(Math.floor(random() * count));
    const words = [...new Set(text.match(wholeWords) ?? [])];
    if (words.length < 5) continue;
    asked++;
    const query = [words[0], words[2], words[4]].join(' ');
    const { results } = await person.call<SearchPage>('POST', '/api/search/messages', { query, limit: 10 });
    if (results.some(({ content }) => content === text)) found++;
  }
  return { name: 'known item among the first 10', unit: '', ours: found / asked, bar: { of: 'ours', atLeast: 0.95 } };
}

/** Parts of texts, of two to four characters of the script, that a text holds. */
async function needlesOf({ textOf, count }: Corpus, letters: string, random: () => number): Promise<string[]> {
  const known = new Set([...letters]);
  const needles = new Set<string>();
  for (let tried = 0; tried < 20_000 && needles.size < needlesPerScript; tried++) {
    const text = textOf(Math.floor(random() * count));
    const characters = Array.from(segmenter.segment(text), ({ segment }) => segment);
    const [start, length] = [
      Math.floor(random() * characters.length),
      letters === '' ? 5 : 2 + Math.floor(random() * 3),
    ];
    const part = characters.slice(start, start + length);
    const fits =
      letters === ''
        ? /^[a-z]{5}$/.test(part.join(''))
        : [...part.join('')].every((letter) => known.has(letter) && letter !== ' ');
    if (fits && part.length === length && !/^\p{M}/u.test(part[0]!)) needles.add(part.join(''));
  }
  return [...needles];
}

/** Not a part of a word that has other letters or digits too. */
const wholeWords = /(?<![\p{L}\p{N}_'])[a-z]{4,}(?![\p{L}\p{N}_'])/gu;

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The characters that a person sees, each with a mark before and behind it. */
function marked(text: string): string {
  return `\0${Array.from(segmenter.segment(text), ({ segment }) => segment).join('\0')}\0`;
}

/** Of the newest matches, as many as search shows. A part of a character that a person sees is no match. */
async function bruteForce({ subject, chatIds }: Corpus, needle: string): Promise<number[]> {
  const { rows } = await subject.admin.query<{ id: string; content: string }>(
    `SELECT id, content FROM message.messages WHERE chat_id = ANY ($1::bigint[]) AND strpos(lower(content), $2) > 0
     ORDER BY created_at DESC, id DESC LIMIT ${mostMatches}`,
    [chatIds, needle],
  );
  const whole = rows.filter(({ content }) => marked(content.toLowerCase()).includes(marked(needle)));
  return whole.map(({ id }) => Number(id));
}

async function allResults({ person }: Corpus, query: string): Promise<Set<number>> {
  const seen = new Set<number>();
  for (let cursor: string | undefined; seen.size < mostMatches;) {
    const request = { query, sort: 'recent', limit: 100, ...(cursor !== undefined && { cursor }) };
    const page = await person.call<SearchPage>('POST', '/api/search/messages', request);
    for (const { message_id } of page.results) seen.add(message_id);
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  return seen;
}
