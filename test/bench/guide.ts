import { MessagePage } from '#contracts/message.contract.js';
import { SearchPage } from '#contracts/search.contract.js';
import { User } from '#contracts/user.contract.js';
import { delivery as measured } from '../load/delivery.js';
import type { OpenLoop, Target, TargetResult } from '../load/job.js';
import { requestBytes } from '../load/request.js';
import { aMessageOf } from './answers.js';
import type { Bench, Figure, Plot, Setting } from './bench.js';
import { deliveries } from './delivery.js';
import { withFloor, type Floor } from './floor/process.js';
import { latenciesOf, percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import type { Person } from './person.js';
import { sendRequests, toFloor, variety } from './sends.js';
import { withSubject, type Subject } from './subject.js';

const perSecond = 100;
const members = 8;
const websocketMs = 2;

/** An operation of the performance guide, with the guide's target. */
interface Operation {
  readonly name: string;
  readonly targetMs: number;
  /** Of a read. Without one it is a send. */
  readonly path?: string;
  /** Throws for a wrong answer. */
  readonly check: (body: string) => void;
}

const operations = (chatId: number): Operation[] => [
  { name: 'list', targetMs: 20, path: `/api/messages?chat_id=${chatId}&limit=50`, check: parses(MessagePage) },
  { name: 'auth, a token checked', targetMs: 5, path: '/api/users/me', check: parses(User.loose()) },
  { name: 'search', targetMs: 30, path: `/api/search/messages?q=deploy&limit=20`, check: parses(SearchPage) },
  { name: 'send', targetMs: 10, check: aMessageOf(variety) },
];

/** The five operations of the performance guide against its targets, at 100 a second each. */
export const guide: Bench = {
  name: 'guide',
  about: "the guide's five operations (send, list, auth, search, WebSocket) against its targets, at 100 a second",
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject)),
};

async function measure(setting: Setting, subject: Subject) {
  setting.say('making people and messages');
  const { people, chatId } = await subject.channel(members);
  await fill(setting, subject, people, chatId);
  const figures: Figure[] = [];
  const series: Plot['series'][number][] = [];
  await withFloor('http', async (floor) => {
    for (const operation of operations(chatId)) {
      const [ours, bare] = await run(setting, subject, floor, people, chatId, operation);
      figures.push(...figuresOf(operation, ours, bare));
      series.push(percentileSeries(operation.name, [ours]));
    }
  });
  const frames = (await deliveries(setting, subject, people, chatId)).filter(
    ({ name }) => name === measured.commitToReceipt,
  );
  const bar = { of: 'ours', atMost: websocketMs } as const;
  const name = `WebSocket, ${measured.commitToReceipt}, p50`;
  figures.push({ name, unit: 'ms', ours: latenciesOf(frames).at(50), bar });
  series.push(percentileSeries('WebSocket', frames));
  const title = "The guide's operations, 100 a second each";
  const plots: Plot[] = [{ title, kind: 'latency', x: 'percentile', y: 'ms', series }];
  return { figures, plots, postgres: await postgresSettings(subject.admin) };
}

/** Ours, and the same bytes in both directions from a bare Fastify. */
async function run(
  setting: Setting,
  subject: Subject,
  floor: Floor,
  people: readonly Person[],
  chatId: number,
  { name, path, check }: Operation,
): Promise<[TargetResult, TargetResult]> {
  for (const person of people) await person.signInAgain();
  const { port } = subject;
  let ours: Omit<Target, 'name'> = { port, status: 201, ...sendRequests(people, [chatId]) };
  let bare = { ...ours, port: floor.port, requests: ours.requests.map((request) => toFloor(request)) };
  if (path !== undefined) {
    await floor.serve(JSON.stringify(await people[0]!.call('GET', path)));
    const get = (to: string) => people.map(({ token }) => requestBytes('GET', to, token));
    ours = { port, status: 200, requests: get(path) };
    bare = { port: floor.port, status: 200, requests: get('/') };
  }
  setting.say(name);
  const result = await atRate(setting, { name, ...ours });
  for (const body of result.samples) check(body);
  return [result, await atRate(setting, { name: `bare ${name}`, ...bare })];
}

async function atRate({ generator, quick }: Setting, target: Target): Promise<TargetResult> {
  const span = quick ? { warmUpSeconds: 1, seconds: 3 } : { warmUpSeconds: 3, seconds: 20 };
  const job: OpenLoop = { kind: 'open', targets: [target], connections: 64, perSecond, ...span };
  return (await generator.run(job)).targets[0]!;
}

function figuresOf({ name, targetMs }: Operation, ours: TargetResult, bare: TargetResult): Figure[] {
  const at = (percent: number): Figure => {
    const [mine, theirs] = [ours, bare].map((result) => latenciesOf([result]).at(percent)) as [number, number];
    const floor = { name: 'bare Fastify, the same bytes', value: theirs };
    return { name: `${name}, p${percent}`, unit: 'ms', ours: mine, floor, ratio: mine / theirs };
  };
  return [at(50), { ...at(99), bar: { of: 'ours', atMost: targetMs } }];
}

/** A chat with a history that search has indexed. */
async function fill({ generator, say }: Setting, { port, admin }: Subject, people: readonly Person[], chatId: number) {
  const targets = [{ name: 'fill', port, status: 201, ...sendRequests(people, [chatId]) }];
  await generator.run({ kind: 'closed', targets, connections: 32, warmUpSeconds: 0, seconds: 2 });
  say('waiting until search has indexed all');
  const behind = `SELECT FROM message.chat_heads h LEFT JOIN search.index_heads s USING (chat_id)
    WHERE h.chat_id = $1 AND h.last_seq > coalesce(s.seq, 0)`;
  for (const deadline = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if ((await admin.query(behind, [chatId])).rowCount === 0) return;
    if (Date.now() > deadline) throw new Error('Search did not index the messages within a minute');
  }
}

interface Schema {
  parse(value: unknown): unknown;
}

function parses(schema: Schema): (body: string) => void {
  return (body) => void schema.parse(JSON.parse(body));
}
