import type { TargetResult } from '../load/job.js';
import type { Bench, Figure, Setting } from './bench.js';
import { latenciesOf, percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import { fillCorpus, type Corpus } from './search/corpus.js';
import { freshness, sendsPerSecond } from './search/freshness.js';
import { qualityOf } from './search/quality.js';
import { guideSearches, mixed, others, searches } from './search/speed.js';
import { withSubject } from './subject.js';

/** Searches among a million messages against 100 thousand, what they find, and what the index costs. */
export const search: Bench = {
  name: 'search',
  about: 'searches at 100 a second among a million messages (or those of CORPUS=FILE, a line each), and what they find',
  topologies: ['standalone'],
  run: async (setting) => {
    const [few, many] = setting.quick ? [10_000, 100_000] : [100_000, 1_000_000];
    const small = await withSubject(setting.topology, async (subject) => {
      return searches(setting, await fillCorpus(setting, subject, few), mixed);
    });
    return withSubject(setting.topology, async (subject) => {
      return measure(setting, await fillCorpus(setting, subject, many), small, few);
    });
  },
};

async function measure(setting: Setting, corpus: Corpus, small: readonly TargetResult[], few: number) {
  setting.say('searching');
  const large = await searches(setting, corpus, mixed);
  const beside = await searches(setting, corpus, others);
  setting.say('recall and relevance');
  const quality = await qualityOf(corpus);
  const storage = await storageOf(corpus);
  const fresh = await freshness(setting, corpus);
  setting.say("the guide's statement");
  const guide = await guideSearches(setting, corpus);
  const [all, before] = [latenciesOf(large), latenciesOf(small)];
  const floor = (percent: number) => ({ name: "the guide's statement alone", value: guide.at(percent) });
  const of = (name: string) => latenciesOf([...large, ...beside].filter((result) => result.name === name)).at(99);
  const fewer = { name: `${few.toLocaleString('en')} messages`, value: before.at(99) };
  const figures: Figure[] = [
    { name: 'search, p50', unit: 'ms', ours: all.at(50), floor: floor(50), bar: { of: 'ours', atMost: 8 } },
    { name: 'search, p99', unit: 'ms', ours: all.at(99), floor: floor(99), bar: { of: 'ours', atMost: 30 } },
    against('search, p99, and of less history', all.at(99), fewer, 2),
    against('common words, p99', of('common'), { name: 'rare words', value: of('rare') }, 3),
    ...[...large, ...beside].map(({ name }): Figure => ({ name: `${name}, p99`, unit: 'ms', ours: of(name) })),
    {
      name: `sent to found at ${sendsPerSecond.toLocaleString('en')} sends a second, p99`,
      unit: 'ms',
      ours: fresh.at(99),
      bar: { of: 'ours', atMost: 1_000 },
    },
    { name: 'indexed', unit: '/s', ours: corpus.indexedPerSecond, bar: { of: 'ours', atLeast: 2_000 } },
    { name: 'index, bytes for each byte of messages', unit: '', ours: storage },
    ...quality,
  ];
  const series = large.map((result) => percentileSeries(result.name, [result]));
  const title = `Searches among ${corpus.count.toLocaleString('en')} messages, 100 a second`;
  const plots = [{ title, kind: 'latency' as const, x: 'percentile', y: 'ms', series }];
  const notes = ["The guide's statement runs alone, without HTTP, permissions and highlights, on the guide's index."];
  return { figures, plots, notes, postgres: await postgresSettings(corpus.subject.admin) };
}

function against(name: string, ours: number, floor: { name: string; value: number }, atMost: number): Figure {
  return { name, unit: 'ms', ours, floor, ratio: ours / floor.value, bar: { of: 'ratio', atMost } };
}

/** What the index takes on the disk, against the texts. */
async function storageOf({ subject }: Corpus): Promise<number> {
  const { rows } = await subject.admin.query<{ share: number }>(
    `SELECT (pg_total_relation_size('search.indexed_messages') + pg_total_relation_size('search.words'))::float8
       / sum(octet_length(content)) AS share FROM message.messages`,
  );
  return rows[0]!.share;
}
