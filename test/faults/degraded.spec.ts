import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing/eventually.js';
import type { Way } from './degraded/part.js';
import { Person, type Answer } from './degraded/person.js';
import { Stage } from './degraded/stage.js';
import { atNight } from './nightly.js';

const ways: readonly Way[] = ['stopped', 'paused', 'slow'];

let stage: Stage;
let person: Person;

beforeAll(async () => {
  stage = await Stage.build();
  person = new Person(stage.url, { email: 'keeper@example.com', username: 'keeper', password: 'a long password' });
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

async function untilServed(ask: () => Promise<Answer>, what: string): Promise<void> {
  await eventually(async () => (await ask()).status < 300, what);
}

describe.each(['search', 'chat', 'auth'] as const)(
  'While %s is away, sends and reads go on without an error',
  (app) => {
    it.each(ways)('%s', async (way) => {
      await stage.parts[app].whileIs(way, async () => {
        const [{ errors }, { status }] = await Promise.all([person.load(`${app} ${way}`), own[app]()]);
        expect({ errors, status }).toEqual({ errors: 0, status: way === 'slow' ? 200 : 503 });
      });
      await untilServed(own[app], `${app} answers again`);
    });
  },
);

describe('While Redis is away, everything goes on without an error', () => {
  async function redisIsUp(): Promise<boolean> {
    const answer = await fetch(`${stage.operationsUrl}/admin/production/health`);
    const { dependencies } = (await answer.json()) as { dependencies: { name: string; state: string }[] };
    return dependencies.some(({ name, state }) => name === 'redis' && state === 'up');
  }

  async function isRedisUp(up: boolean): Promise<void> {
    await eventually(async () => (await redisIsUp()) === up, `Redis is ${up ? 'back' : 'missed'}`);
  }

  it.each(ways)('%s', async (way) => {
    await isRedisUp(true);
    await stage.parts.Redis.whileIs(way, async () => {
      await isRedisUp(false);
      expect((await person.load(`Redis ${way}`)).errors).toBe(0);
    });
    await isRedisUp(true);
  });

  atNight.each(ways)('%s in the middle of a load, which stays quick', async (way) => {
    const rounds = 200;
    const calm = await person.load('at length, nothing away', rounds);
    const loading = person.load(`at length, Redis ${way} meanwhile`, rounds);
    const before = person.acknowledged.length;
    await eventually(() => person.acknowledged.length > before + 500, 'the load is under way');
    await stage.parts.Redis.take(way);
    const { errorRate, p99 } = await loading;
    await stage.parts.Redis.bringBack();
    expect(errorRate).toBeLessThanOrEqual(0.001);
    expect(p99).toBeLessThan(3 * calm.p99);
    await isRedisUp(true);
  });
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
        const { statuses, slowest } = await person.load(`NATS ${way}`, 2);
        expect(statuses).toEqual([503]);
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

it('Nothing that was acknowledged is lost', async () => {
  const stored = await person.stored();
  expect(person.acknowledged.filter((content) => !stored.has(content))).toEqual([]);
  expect(person.acknowledged.length).toBeGreaterThan(1_000);
});
