import type { Database } from '#database/database.js';
import { PageRepository } from '../../apps/message/src/page/page.repository.js';
import type { JobResult, Target } from '../load/job.js';
import { requestBytes } from '../load/request.js';
import type { Bench, Figure, Setting } from './bench.js';
import { copyHistory } from './history-copy.js';
import { latenciesOf, percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import type { Person } from './person.js';
import { withSubject, type Subject } from './subject.js';

const sameBuffers = { of: 'ratio', atMost: 1.2 } as const;
const sameTime = { of: 'ratio', atMost: 1.2 } as const;
const limit = 50;
const small = 100_000;

/** One of the two servers: its chat has `count` messages. */
interface Chat {
  readonly name: string;
  readonly subject: Subject;
  readonly person: Person;
  readonly chatId: number;
  readonly lastSeq: number;
}

/** That reading does not grow with history: two servers, 100 thousand messages in one and ten million in the other. */
export const history: Bench = {
  name: 'history',
  about: 'lists of a chat with ten million messages against one with 100 thousand: buffers and p99',
  topologies: ['standalone'],
  run: (setting) =>
    withSubject(setting.topology, (few) =>
      withSubject(setting.topology, async (many) => {
        const large = setting.quick ? 1_000_000 : 10_000_000;
        return measure(setting, await load(setting, few, small), await load(setting, many, large));
      }),
    ),
};

async function load({ say }: Setting, subject: Subject, count: number): Promise<Chat> {
  const person = await subject.register('reader');
  const chatId = person.generalId;
  const name = `${count.toLocaleString('en')} messages`;
  const lastSeq = await copyHistory(subject.admin, chatId, person.id, count, (done) => {
    say(`${name}: ${Math.floor((done / count) * 100)} % loaded`);
  });
  return { name, subject, person, chatId, lastSeq };
}

async function measure(setting: Setting, few: Chat, many: Chat) {
  // Page 10,000 of the large chat; of a small one as far down as there is a full page.
  const deep = Math.max(many.lastSeq - 10_000 * limit, 2 * limit);
  const [bufferFew, bufferMany] = [await buffers(few, few.lastSeq + 1), await buffers(many, many.lastSeq + 1)];
  const bufferDeep = await buffers(many, deep);
  const figures: Figure[] = [
    against('buffers of a page', 'buffers', [many.name, bufferMany], [few.name, bufferFew], sameBuffers),
    against('buffers of a page', 'buffers', ['page 10,000', bufferDeep], ['page 1', bufferMany], sameBuffers),
  ];
  const pairs = [
    ['latest page', latest(many, many.name), latest(few, few.name)],
    ['page before a seq', before(many, many.name, many.lastSeq + 1), before(few, few.name, few.lastSeq + 1)],
    ['page before a seq', before(many, 'page 10,000', deep), before(many, 'page 1', many.lastSeq + 1)],
  ] as const;
  const plots = [];
  for (const [name, ours, floor] of pairs) {
    for (const chat of [few, many]) await chat.person.signInAgain();
    const { targets, generatorCpu } = await interleaved(setting, name, [ours(), floor()]);
    const [mine, theirs] = targets.map((target) => latenciesOf([target]).at(99));
    const both = [targets[0]!.name, targets[1]!.name] as const;
    const figure = against(`${name}, p99`, 'ms', [both[0], mine!], [both[1], theirs!], sameTime);
    figures.push({ ...figure, generatorCpu });
    const series = targets.map((target) => percentileSeries(target.name, [target]));
    plots.push({ title: `${name}: ${both.join(' and ')}`, kind: 'latency' as const, x: 'percentile', y: 'ms', series });
  }
  const notes = [
    `Both chats lie in servers of their own, loaded by COPY and vacuumed; ${connections} connections to each, at the same time.`,
    'Page 1 is asked by its seq here, as page 10,000 is, so that no memory of the latest page answers it.',
  ];
  return { figures, plots, notes, postgres: await postgresSettings(many.subject.admin) };
}

type Named = readonly [name: string, value: number];

function against(what: string, unit: string, [name, ours]: Named, [than, value]: Named, bar: Figure['bar']): Figure {
  return {
    name: `${what}, ${name}`,
    unit,
    ours,
    floor: { name: than, value },
    ratio: ours / value,
    ...(bar && { bar }),
  };
}

const connections = 2;

async function interleaved({ generator, quick, say }: Setting, what: string, targets: Target[]): Promise<JobResult> {
  say(`${what}: ${targets.map(({ name }) => name).join(' and ')}`);
  const span = quick ? { warmUpSeconds: 1, seconds: 4 } : { warmUpSeconds: 5, seconds: 40 };
  return generator.run({ kind: 'closed', targets, connections, ...span });
}

function latest({ subject, person, chatId }: Chat, name: string): () => Target {
  const path = `/api/messages?chat_id=${chatId}&limit=${limit}`;
  return () => ({ name, port: subject.port, status: 200, requests: [requestBytes('GET', path, person.token)] });
}

/** Pages around this place, each at another seq. */
function before({ subject, person, chatId }: Chat, name: string, seq: number): () => Target {
  const paths = Array.from({ length: 1_000 }, (_, step) => {
    return `/api/messages?chat_id=${chatId}&limit=${limit}&before_seq=${seq - step}`;
  });
  return () => ({
    name,
    port: subject.port,
    status: 200,
    requests: paths.map((path) => requestBytes('GET', path, person.token)),
  });
}

interface Plan {
  readonly Plan: { readonly 'Shared Hit Blocks': number; readonly 'Shared Read Blocks': number };
}

/** Buffers that the server's own list statement touches, for the page below `seq`. */
async function buffers({ subject, person, chatId }: Chat, seq: number): Promise<number> {
  const { text, values } = await statementOf((repository) => repository.before(person.id, chatId, seq, limit + 1));
  const { rows } = await subject.admin.query<{ 'QUERY PLAN': Plan[] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text.replace(/\$(\d)/g, (_, at: string) => String(values[Number(at) - 1]))}`,
  );
  const plan = rows[0]!['QUERY PLAN'][0]!.Plan;
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

/** The statement that the repository would send. */
async function statementOf(ask: (repository: PageRepository) => Promise<unknown>) {
  const sent: { text: string; values: readonly unknown[] }[] = [];
  const recorder: Pick<Database, 'query'> = {
    query: async ({ text }, values = []) => {
      sent.push({ text, values });
      return [];
    },
  };
  await ask(new PageRepository(recorder as Database));
  const [statement] = sent;
  if (statement === undefined) throw new Error('The repository sent no statement');
  return statement;
}
