import { searchApi } from '#contracts/http/search.routes.js';
import type { OpenLoop, Target, TargetResult } from '../load/job.js';
import { requestBytes } from '../load/request.js';
import type { Bench, Figure, Setting } from './bench.js';
import { latenciesOf, percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import { withSubject } from './subject.js';
import { fillDirectory, type Directory } from './switcher/directory.js';
import { firstWord, kinds, mistyped, type Kind } from './switcher/queries.js';

const perSecond = 100;
const variety = 500;
/** Typos whose results are looked at. */
const typos = 200;

const sides = ['users', 'chats'] as const;
type Side = (typeof sides)[number];

/** Users and chats by name, as a switcher asks for them with every key. */
export const switcher: Bench = {
  name: 'switcher',
  about: 'users and chats by name at 100 a second, among 10,000 users and 2,000 channels of one workspace',
  topologies: ['standalone'],
  run: (setting) =>
    withSubject(setting.topology, async (subject) => measure(setting, await fillDirectory(setting, subject))),
};

async function measure(setting: Setting, directory: Directory) {
  setting.say('searching');
  const results = await searches(setting, directory);
  const of = (side: Side) => results.filter(({ name }) => name.startsWith(side));
  const figures = sides.flatMap((side): Figure[] => {
    const all = latenciesOf(of(side));
    return [
      { name: `${side}, p50`, unit: 'ms', ours: all.at(50) },
      { name: `${side}, p99`, unit: 'ms', ours: all.at(99), bar: { of: 'ours', atMost: 10 } },
      ...of(side).map((result): Figure => ({
        name: `${result.name}, p99`,
        unit: 'ms',
        ours: latenciesOf([result]).at(99),
      })),
    ];
  });
  const found = await foundInSpiteOfTypos(directory);
  figures.push({ name: 'users found in spite of a typo', unit: '', ours: found, bar: { of: 'ours', atLeast: 0.9 } });
  const series = results.map((result) => percentileSeries(result.name, [result]));
  const title = 'Users and chats by name, 100 a second';
  const plots = [{ title, kind: 'latency' as const, x: 'percentile', y: 'ms', series }];
  return { figures, plots, postgres: await postgresSettings(directory.subject.admin) };
}

/** One result for each side and kind. Throws for a wrong answer. */
async function searches({ generator, quick }: Setting, directory: Directory): Promise<readonly TargetResult[]> {
  await directory.person.signInAgain();
  const targets = sides.flatMap((side) =>
    (Object.keys(kinds) as Kind[]).map((kind): Target => {
      const requests = Array.from({ length: variety }, (_, number) => {
        const path = pathOf(directory, side, kinds[kind](nameOf(directory, side, number), number));
        return requestBytes('GET', path, directory.person.token);
      });
      return { name: `${side}, ${kind}`, port: directory.subject.port, status: 200, requests };
    }),
  );
  const span = quick ? { warmUpSeconds: 3, seconds: 10 } : { warmUpSeconds: 5, seconds: 60 };
  const job: OpenLoop = { kind: 'open', targets, connections: 64, perSecond, ...span };
  const results = (await generator.run(job)).targets;
  for (const { name, failed, firstFailures, samples } of results) {
    if (failed > 0) throw new Error(`${name}: ${failed} failed: ${firstFailures.join(' ')}`);
    const { reply } = name.startsWith('users') ? searchApi.users : searchApi.chats;
    for (const body of samples) reply.parse(JSON.parse(body));
  }
  return results;
}

function nameOf({ userNames, channelNames }: Directory, side: Side, number: number): string {
  const names = side === 'users' ? userNames : channelNames;
  return names[(number * 7_919) % names.length]!;
}

function pathOf({ person }: Directory, side: Side, query: string): string {
  return `/api/search/${side}?q=${encodeURIComponent(query)}&workspace_id=${person.workspaceId}`;
}

/** How often the first ten users for a mistyped word have one with the right word among them. */
async function foundInSpiteOfTypos(directory: Directory): Promise<number> {
  let found = 0;
  for (let number = 0; number < typos; number++) {
    const word = firstWord(nameOf(directory, 'users', number));
    const path = `${pathOf(directory, 'users', mistyped(word, number))}&limit=10`;
    const { users } = await directory.person.call<{ users: { username: string }[] }>('GET', path);
    if (users.some(({ username }) => username.includes(word))) found++;
  }
  return found / typos;
}
