import { MessagePage } from '#contracts/message.contract.js';
import { requestBytes } from '../load/request.js';
import { exactly } from './answers.js';
import type { Bar, Bench, Plot, Setting } from './bench.js';
import { withFloor } from './floor/process.js';
import { withStatements } from './floor/statements.js';
import { percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import { compare, httpSide, overTime, resultsOf, roundSeconds, takeTurns, type Rounds } from './rounds.js';
import { sendRequests } from './sends.js';
import { withSubject, type Subject } from './subject.js';

const bars = { standalone: 0.6, distributed: 0.35 };
const members = 8;

const ours = 'Fechatter';
const fastify = 'bare Fastify GET of the same bytes';
const statement = 'bare SELECT of the page, 3 connections';

/** Latest pages of 50 a second, against a bare HTTP server that answers the same bytes. */
export const list: Bench = {
  name: 'list',
  about: 'latest 50 messages a second over HTTP, 64 connections, against a bare Fastify GET of the same bytes',
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject)),
};

async function measure(setting: Setting, subject: Subject) {
  setting.say('making people and messages');
  const { people, chatId } = await subject.channel(members);
  await fill(setting, subject, sendRequests(people, [chatId]).requests);
  const path = `/api/messages?chat_id=${chatId}&limit=50`;
  const page = JSON.stringify(await people[0]!.call('GET', path));
  if (MessagePage.parse(JSON.parse(page)).messages.length !== 50) throw new Error('The page is not full');
  const requests = people.map(({ token }) => requestBytes('GET', path, token));
  const bare = people.map(({ token }) => requestBytes('GET', '/', token));

  const rounds = await withFloor('http', async (floor) => {
    await floor.serve(page);
    return withStatements(subject.postgresUrl, 3, (statements) =>
      takeTurns(setting, 'latest 50', [
        httpSide(setting, ours, () => ({ port: subject.port, status: 200, requests }), exactly(page)),
        httpSide(setting, fastify, () => ({ port: floor.port, status: 200, requests: bare }), exactly(page)),
        {
          name: statement,
          measure: async () => ({ perSecond: await statements.pages(chatId, 3, roundSeconds(setting).seconds) }),
        },
      ]),
    );
  });
  const bar: Bar = { of: 'ratio', atLeast: bars[setting.topology] };
  const name = 'latest 50';
  return {
    figures: [
      { name, unit: 'pages/s', ...compare(rounds, ours, fastify), bar },
      { name, unit: 'pages/s', ...compare(rounds, ours, statement) },
    ],
    plots: plotsOf(rounds),
    notes: [`A page has ${Buffer.byteLength(page).toLocaleString('en')} bytes.`],
    postgres: await postgresSettings(subject.admin),
  };
}

/** Sends each of these once or more, until the chat has a history. */
async function fill({ generator }: Setting, { port }: Subject, requests: readonly Buffer[]): Promise<void> {
  const targets = [{ name: 'fill', port, requests, status: 201 }];
  await generator.run({ kind: 'closed', targets, connections: 32, warmUpSeconds: 0, seconds: 2 });
}

function plotsOf(rounds: Rounds): Plot[] {
  const sides = [ours, fastify];
  return [
    {
      title: 'Latency of the latest page, 64 connections without a pause',
      kind: 'latency',
      x: 'percentile',
      y: 'ms',
      series: sides.map((side) => percentileSeries(side, resultsOf(rounds, side))),
    },
    {
      title: 'Latest pages a second',
      kind: 'time',
      x: 's of measured time',
      y: 'pages/s',
      series: sides.map((side) => overTime(rounds, side)),
    },
  ];
}
