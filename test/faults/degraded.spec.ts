import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing/eventually.js';
import { Socket } from '../e2e/socket.js';
import type { Way } from './degraded/part.js';
import { boundMs, Person, untilServed } from './degraded/person.js';
import { Stage } from './degraded/stage.js';
import type { Answer, Summary } from './degraded/summary.js';
import { isNightly } from './nightly.js';

const ways: readonly Way[] = ['stopped', 'paused', 'slow'];

let stage: Stage;
let person: Person;

const personOf = (name: string) =>
  new Person(stage.url, { email: `${name}@example.com`, username: name, password: 'a long password' });

beforeAll(async () => {
  stage = await Stage.build();
  person = personOf('keeper');
  await person.register();
  await person.load('warming up');
  await person.load('nothing away');
});
afterAll(() => stage.close());

/** What cannot be answered without a service. */
const own: Readonly<Record<'search' | 'chat' | 'auth', () => Promise<Answer>>> = {
  search: () => person.ask('GET', '/api/search/messages?q=calm'),
  chat: () => person.ask('GET', '/api/workspaces'),
  auth: () => person.ask('GET', '/api/users/me'),
};

describe.each(['search', 'chat', 'auth'] as const)(
  'While %s is away, sends and reads go on without an error',
  (app) => {
    // To all of them a service that hangs is the same; of auth more depends on it.
    const ofCommit = ways.filter((way) => isNightly || way !== 'paused' || app === 'auth');

    it.each(ofCommit)('%s', async (way) => {
      // Whoever is new has a token that no gateway has checked yet and a name that no message has shown.
      const newcomer = personOf(`${app}-${way}`);
      await newcomer.register();
      await Promise.all([newcomer.signIn(), person.signIn()]);
      await stage.parts[app].whileIs(way, async () => {
        const asked = [person.load(`${app} ${way}`), own[app](), newcomer.send('nobody knows me')] as const;
        const [{ errors }, { status }, first] = await Promise.all(asked);
        const statuses = { own: status, first: first.status };
        expect({ errors, ...statuses }).toEqual({ errors: 0, own: way === 'slow' ? 200 : 503, first: 201 });
        // The message service asks for a name for two seconds.
        expect(first.ms).toBeLessThan(4_000);
      });
      await untilServed(own[app], `${app} answers again`);
    });
  },
);

describe('While Redis is away, everything goes on without an error', () => {
  it.each(ways)('%s', async (way) => {
    await stage.untilRedisIs('up');
    await stage.parts.Redis.whileIs(way, async () => {
      await stage.untilRedisIs('missed');
      expect((await person.load(`Redis ${way}`)).errors).toBe(0);
    });
    await stage.untilRedisIs('up');
  });
});

/** Only answers that the contract has for somebody who did nothing wrong, each in time. */
function expectInOrder({ statuses, isInForm, slowest }: Summary): void {
  const others = statuses.filter((status) => ![200, 201, 503].includes(status));
  expect({ others, isInForm }).toEqual({ others: [], isInForm: true });
  expect(slowest).toBeLessThan(boundMs);
}

async function isBack(what: string): Promise<void> {
  await untilServed(() => person.send('served again'), `${what} is back`);
  await untilServed(() => person.read(), `${what} is back`);
  await person.settle();
}

describe.each([
  ['message', ['/api/users/me', '/api/workspaces', '/api/chats/1', '/api/chats/1/members']],
  ['PostgreSQL', ['/.well-known/jwks.json', '/api/health']],
] as const)('While %s is away, nothing is stored, every answer comes in time and the rest goes on', (name, rest) => {
  const ofCommit = ways.filter((way) => isNightly || way !== 'paused');

  it.each(ofCommit)('%s', async (way) => {
    await stage.parts[name].whileIs(way, async () => {
      // Half a round where each answer takes as long as it may.
      const loading = person.load(`${name} ${way}`, way === 'paused' ? 0.5 : 3);
      const others = await Promise.all(rest.map((path) => person.ask('GET', path)));
      const summary = await loading;
      expectInOrder(summary);
      expect(summary.errorRate).toBe(way === 'slow' ? 0 : 1);
      expect(others.map(({ status }) => status)).toEqual(rest.map(() => 200));
    });
    await isBack(name);
  });
});

it('PostgreSQL killed under load is 503 until it is back, and what was sent again is stored once', async () => {
  const summary = await person.loadDuring('PostgreSQL killed under load', async () => {
    const before = person.acknowledged.length;
    await eventually(() => person.acknowledged.length > before + 50, 'the load is under way');
    await stage.parts.PostgreSQL.take('stopped');
    await stage.parts.PostgreSQL.bringBack();
    const after = person.acknowledged.length;
    await eventually(() => person.acknowledged.length > after + 50, 'the load goes on by itself', 10_000);
  });
  expectInOrder(summary);
  expect(summary.statuses).toContain(503);
  await isBack('PostgreSQL');
});

describe('NATS', () => {
  const answered = (status: number) => async () => (await person.send('anybody there?')).status === status;

  // The ways differ: a server that stops closes its connections, one that is paused is missed by its silence.
  it.each(['stopped', 'paused'] as const)('%s is 503 within a second, from the first request on', async (way) => {
    const [first, others]: [number[], number[]] = [[], []];
    for (let round = 0; round < 3; round++) {
      await stage.parts.NATS.whileIs(way, async () => {
        const { status, ms } = await person.send('anybody there?');
        expect(status).toBe(503);
        first.push(ms);
        const { statuses, slowest, isInForm } = await person.load(`NATS ${way}`, 2);
        expect({ statuses, isInForm }).toEqual({ statuses: [503], isInForm: true });
        others.push(slowest);
      });
      await eventually(answered(201), 'sends again');
    }
    process.stdout.write(`NATS ${way}: the first answers after ${first.map((ms) => ms.toFixed(0)).join(', ')} ms\n`);
    // Of three times one may have met a machine that does other things too.
    for (const times of [first, others]) expect(times.toSorted((a, b) => a - b)[1]).toBeLessThan(1_000);
  });

  it('slow is slow, without an error', async () => {
    await stage.parts.NATS.whileIs('slow', async () => {
      expect((await person.load('NATS slow', 5)).errors).toBe(0);
    });
  });
});

describe('An open WebSocket', () => {
  it.each([
    ['message', 'stopped'],
    ['NATS', 'stopped'],
    ['NATS', 'paused'],
    ['PostgreSQL', 'stopped'],
  ] as const)('is told in time while %s is %s, stays, and misses nothing afterwards', async (name, way) => {
    const socket = await Socket.connect(person.token, stage.url);
    const { chatId: chat_id } = person;
    const content = `over a socket, ${name} ${way}`;
    const frame = { type: 'send', chat_id, content, idempotency_key: content };
    const answerTo = (ref: string) => socket.next(({ data }) => data.ref === ref, boundMs);
    await stage.parts[name].whileIs(way, async () => {
      const started = performance.now();
      socket.send({ ...frame, ref: 'away' });
      const refused = { type: 'error', data: { ref: 'away', error: { code: 'UNAVAILABLE' } } };
      expect(await answerTo('away')).toMatchObject(refused);
      // What was on its way to a service that died waits for its deadline.
      expect(performance.now() - started).toBeLessThan(name === 'NATS' ? 2_000 : boundMs);
    });
    let tries = 0;
    await eventually(async () => {
      const ref = `again ${++tries}`;
      socket.send({ ...frame, ref });
      return (await answerTo(ref)).type === 'ack';
    }, 'the frame is done');
    await untilServed(() => person.send('heard again'), 'sends are served again');
    const heard = () => socket.entries(chat_id).map(({ data }) => (data.message as { content: string }).content);
    await socket.until(() => heard().some((text) => text.startsWith('heard again')), 15_000);
    expect(heard().filter((text) => text === content)).toHaveLength(1);
    const seqs = socket.entries(chat_id).map(({ seq }) => seq!);
    expect(seqs).toEqual(seqs.map((_, index) => seqs[0]! + index));
    expect(socket.closed).toBeUndefined();
    await socket.close();
  });
});

it('What was acknowledged is stored once, and so is what had to be sent again', async () => {
  await person.signIn();
  await person.settle();
  const stored = await person.stored();
  expect(person.acknowledged.filter((content) => stored.get(content) !== 1)).toEqual([]);
  expect(person.acknowledged.length).toBeGreaterThan(1_000);
});
