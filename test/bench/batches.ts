import { z } from 'zod';
import { Message } from '#contracts/message.contract.js';
import { messageText } from '../load/message-text.js';
import { requestBytes } from '../load/request.js';
import type { Bench, Setting } from './bench.js';
import { withFloor } from './floor/process.js';
import { withStatements } from './floor/statements.js';
import { postgresSettings } from './machine.js';
import type { Person } from './person.js';
import { compare, httpSide, overTime, roundSeconds, takeTurns } from './rounds.js';
import { toFloor } from './sends.js';
import { withSubject, type Subject } from './subject.js';

const bars = { standalone: { of: 'ours', atLeast: 15_000 }, distributed: undefined } as const;
const perBatch = 100;
const connections = 8;
const variety = 64;

const ours = 'Fechatter';
const fastify = 'bare Fastify POST of as many';
const statement = 'bare UNNEST, 100 rows a commit, 3 connections';

/** Messages a second that go through the batch route, a hundred at a time. */
export const batches: Bench = {
  name: 'batches',
  about: 'messages a second through POST /api/messages/batch of 100, 8 connections',
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject)),
};

async function measure(setting: Setting, subject: Subject) {
  setting.say('making people');
  const { people, chatId } = await subject.channel(connections);
  const requests = Array.from({ length: variety }, (_, number) =>
    batch(people[number % people.length]!, chatId, number),
  );
  const bare = requests.map((request) => toFloor(request, '/api/messages/batch'));
  const rounds = await withFloor('http', (floor) =>
    withStatements(subject.postgresUrl, 3, (statements) =>
      takeTurns(setting, 'batches of 100', [
        httpSide(setting, ours, () => ({ port: subject.port, status: 201, requests }), isWhole, options),
        httpSide(setting, fastify, () => ({ port: floor.port, status: 201, requests: bare }), isWholeBare, options),
        {
          name: statement,
          measure: async () => ({ perSecond: await statements.inserted(perBatch, 3, roundSeconds(setting).seconds) }),
        },
      ]),
    ),
  );
  const name = 'batches of 100, one chat';
  const bar = bars[setting.topology];
  return {
    figures: [
      { name, unit: 'messages/s', ...compare(rounds, ours, fastify), ...(bar && { bar }) },
      { name, unit: 'messages/s', ...compare(rounds, ours, statement) },
    ],
    plots: [
      {
        title: 'Batches of 100 a second',
        kind: 'time' as const,
        x: 's of measured time',
        y: 'batches/s',
        series: [ours, fastify].map((side) => overTime(rounds, side)),
      },
    ],
    postgres: await postgresSettings(subject.admin),
  };
}

const options = { connections, each: perBatch };

function batch({ token }: Person, chatId: number, number: number): Buffer {
  const messages = Array.from({ length: perBatch }, (_, index) => ({
    chat_id: chatId,
    content: messageText(number * perBatch + index),
  }));
  return requestBytes('POST', '/api/messages/batch', token, { messages });
}

const Whole = z.object({ messages: z.array(Message).length(perBatch) });
const WholeBare = z.object({ messages: z.array(z.object({ content: z.string() })).length(perBatch) });

function isWhole(body: string): void {
  Whole.parse(JSON.parse(body));
}

function isWholeBare(body: string): void {
  WholeBare.parse(JSON.parse(body));
}
