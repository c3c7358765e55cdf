import type { Target } from '../load/job.js';
import { messageText } from '../load/message-text.js';
import { requestBytes } from '../load/request.js';
import type { Bar, Bench, Figure, Plot, Setting } from './bench.js';
import { aMessageOf } from './answers.js';
import { withFloor } from './floor/process.js';
import { withStatements } from './floor/statements.js';
import { percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import type { Person } from './person.js';
import { answered, compare, httpSide, overTime, resultsOf, roundSeconds, takeTurns, type Rounds } from './rounds.js';
import { storedMessages, withSubject, type Subject } from './subject.js';

const bars = { standalone: 0.4, distributed: 0.25 };
const members = 8;
/** So many different sends there are. */
export const variety = 4_000;

const ours = 'Fechatter';
const fastify = 'bare Fastify POST';
const single = 'bare UNNEST, a row a commit';
const crowd = 'bare UNNEST, 64 rows a commit, 3 connections';

/** Sends a second, into one chat and spread over 200, against the bare HTTP server and the bare insert. */
export const sends: Bench = {
  name: 'sends',
  about: 'messages a second over HTTP, 64 connections, one chat and 200 chats, against a bare Fastify POST',
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject)),
};

async function measure(setting: Setting, subject: Subject) {
  setting.say('making people and chats');
  const { people, chatId } = await subject.channel(members);
  const chatIds = [chatId];
  while (chatIds.length < 200) chatIds.push(await people[0]!.createChannel(`bench-${chatIds.length}`, people));
  const cases: readonly (readonly [name: string, requests: () => Sends])[] = [
    ['one chat', () => sendRequests(people, [chatId])],
    ['200 chats', () => sendRequests(people, chatIds)],
    ['one chat, with idempotency keys', () => sendRequests(people, [chatId], true)],
  ];
  const bar: Bar = { of: 'ratio', atLeast: bars[setting.topology] };
  const figures: Figure[] = [];
  const plots: Plot[] = [];
  for (const [name, requests] of cases) {
    for (const person of people) await person.signInAgain();
    const rounds = await run(setting, subject, name, requests());
    const barred = name.includes('keys') ? {} : { bar };
    figures.push({ name, unit: 'sends/s', ...compare(rounds, ours, fastify), ...barred });
    if (name === 'one chat') {
      for (const floor of [single, crowd]) figures.push({ name, unit: 'sends/s', ...compare(rounds, ours, floor) });
    }
    plots.push(...plotsOf(name, rounds));
  }
  return { figures, plots, postgres: await postgresSettings(subject.admin) };
}

type Sends = Pick<Target, 'requests' | 'unique'>;

/** Sends of these people in turn, into these chats in turn; with `keys` each gets one of its own. */
export function sendRequests(people: readonly Person[], chatIds: readonly number[], keys = false): Sends {
  const placeholder = 'k'.repeat(24);
  const requests = Array.from({ length: variety }, (_, number) => {
    const { token } = people[number % people.length]!;
    const body = { chat_id: chatIds[number % chatIds.length]!, content: messageText(number) };
    return requestBytes('POST', '/api/messages', token, keys ? { ...body, idempotency_key: placeholder } : body);
  });
  return keys ? { requests, unique: placeholder } : { requests };
}

async function run(setting: Setting, subject: Subject, name: string, requests: Sends): Promise<Rounds> {
  return withFloor('http', (floor) =>
    withStatements(subject.postgresUrl, 3, async (statements) => {
      const { seconds } = roundSeconds(setting);
      const before = await storedMessages(subject);
      const bare = requests.requests.map((request) => toFloor(request));
      const rounds = await takeTurns(setting, name, [
        httpSide(setting, ours, () => ({ port: subject.port, status: 201, ...requests }), aMessageOf(variety)),
        httpSide(setting, fastify, () => ({ port: floor.port, status: 201, ...requests, requests: bare })),
        { name: single, measure: async () => ({ perSecond: await statements.inserted(1, 1, seconds) }) },
        { name: crowd, measure: async () => ({ perSecond: await statements.inserted(64, 3, seconds) }) },
      ]);
      const acknowledged = rounds
        .get(ours)!
        .reduce((sum, { load }) => sum + (load === undefined ? 0 : answered(load)), 0);
      const stored = (await storedMessages(subject)) - before;
      if (stored < acknowledged) throw new Error(`${acknowledged} sends were acknowledged and ${stored} stored`);
      return rounds;
    }),
  );
}

/** The same bytes for the bare server, which has one route. */
export function toFloor(request: Buffer, path = '/api/messages'): Buffer {
  return Buffer.from(request.toString('latin1').replace(` ${path} `, ' / '), 'latin1');
}

function plotsOf(name: string, rounds: Rounds): Plot[] {
  const sides = [ours, fastify];
  return [
    {
      title: `Latency of a send, ${name}, 64 connections without a pause`,
      kind: 'latency',
      x: 'percentile',
      y: 'ms',
      series: sides.map((side) => percentileSeries(side, resultsOf(rounds, side))),
    },
    {
      title: `Sends a second, ${name}`,
      kind: 'time',
      x: 's of measured time',
      y: 'sends/s',
      series: sides.map((side) => overTime(rounds, side)),
    },
  ];
}
