import { SearchPage } from '#contracts/search.contract.js';
import { LatencyHistogram } from '../../load/histogram.js';
import type { OpenLoop, Target, TargetResult } from '../../load/job.js';
import { requestBytes } from '../../load/request.js';
import type { Setting } from '../bench.js';
import type { Corpus } from './corpus.js';
import { middleWord, planted } from './texts.js';

const variety = 500;
const perSecond = 100;

/** Kinds of searches that make the mix, each a list of queries. */
export const mixed = ['rare', 'common', 'phrase', 'two Chinese characters', 'from and in'] as const;

/** Kinds that are measured beside it, without a bar. */
export const others = ['part of a word', 'prefix', 'absent word'] as const;

type Kind = (typeof mixed)[number] | (typeof others)[number];

/** These kinds in turn at 100 searches a second, one result for each. Throws for a wrong answer. */
export async function searches(
  { generator, quick }: Setting,
  corpus: Corpus,
  kinds: readonly Kind[],
): Promise<readonly TargetResult[]> {
  await corpus.person.signInAgain();
  const targets = kinds.map((kind): Target => {
    const requests = Array.from({ length: variety }, (_, number) => requestOf(corpus, kind, number));
    return { name: kind, port: corpus.subject.port, status: 200, requests };
  });
  const span = quick ? { warmUpSeconds: 2, seconds: 5 } : { warmUpSeconds: 5, seconds: 30 };
  const job: OpenLoop = { kind: 'open', targets, connections: 64, perSecond, ...span };
  const results = (await generator.run(job)).targets;
  for (const { name, failed, firstFailures, samples } of results) {
    if (failed > 0) throw new Error(`${name}: ${failed} failed: ${firstFailures.join(' ')}`);
    for (const body of samples) if (SearchPage.parse(JSON.parse(body)).partial) throw new Error(`${name}: partial`);
  }
  return results;
}

function requestOf({ person, textOf, count }: Corpus, kind: Kind, number: number): Buffer {
  const body = {
    query: queryOf(kind, number, textOf, count),
    sort: number % 2 === 0 ? 'recent' : 'relevance',
    limit: 20,
  };
  return requestBytes('POST', '/api/search/messages', person.token, body);
}

function queryOf(kind: Kind, number: number, textOf: (n: number) => string, count: number): string {
  const text = textOf((number * 7_919) % count);
  switch (kind) {
    case 'rare':
      return number % 5 === 0 ? planted.rare : middleWord(number);
    case 'common':
      return number % 3 === 0 ? `${planted.common} ${planted.alsoCommon}` : planted.common;
    case 'phrase':
      return `"${text.split(' ').slice(0, 3).join(' ')}"`;
    case 'two Chinese characters': {
      const [letters] = [[...textOf(20 * 7 * (number % Math.max(1, Math.floor(count / 140))) + 7)]];
      return letters.slice(0, 2).join('') || '大人';
    }
    case 'from and in':
      return `from:me in:#corpus-${1 + (number % 3)} ${middleWord(number)}`;
    case 'part of a word':
      return `*${middleWord(number).slice(1, 4)}*`;
    case 'prefix':
      return `${middleWord(number).slice(0, 3)}*`;
    case 'absent word':
      return `nowhere${number}xyz `;
  }
}

const guideStatement = `SELECT * FROM message.messages
  WHERE to_tsvector('english', content) @@ plainto_tsquery('english', $1) ORDER BY created_at DESC LIMIT 20`;

/** The guide's own statement on the guide's own index, for the same rare and common words, one after the other. */
export async function guideSearches({ quick }: Setting, { subject }: Corpus): Promise<LatencyHistogram> {
  const { admin } = subject;
  await admin.query(`CREATE INDEX ON message.messages USING gin (to_tsvector('english', content))`);
  await admin.query('ANALYZE message.messages');
  const histogram = new LatencyHistogram();
  for (let number = 0; number < (quick ? 60 : 300); number++) {
    const word = number % 2 === 0 ? middleWord(number) : planted.common;
    const since = performance.now();
    await admin.query(guideStatement, [word]);
    histogram.record(performance.now() - since);
  }
  return histogram;
}
