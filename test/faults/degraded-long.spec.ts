import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import { eventually } from '#testing/eventually.js';
import { openLoad } from './degraded/open-load.js';
import type { Way } from './degraded/part.js';
import { boundMs, Person, untilServed } from './degraded/person.js';
import { Stage } from './degraded/stage.js';
import { atNight, isNightly } from './nightly.js';

const ways: readonly Way[] = ['stopped', 'paused', 'slow'];
/** Names are then older than they may be, and ended sessions were not heard of for the minute in which tokens are believed. */
const overAMinuteMs = 65_000;

let stage: Stage;
let person: Person;

beforeAll(async () => {
  if (!isNightly) return;
  stage = await Stage.build();
  person = new Person(stage.url, { email: 'keeper@example.com', username: 'keeper', password: 'a long password' });
  await person.register();
  await person.load('warming up');
});
// A token lives ten minutes.
beforeEach(async () => {
  if (isNightly) await person.signIn();
});
afterAll(async () => {
  if (isNightly) await stage.close();
});

const profile = () => person.ask('GET', '/api/users/me');

async function underWay(): Promise<void> {
  const before = person.acknowledged.length;
  await eventually(() => person.acknowledged.length > before + 200, 'the load is under way');
}

describe('Auth that is away for more than a minute', () => {
  atNight('stopped: whoever has a token goes on, also one that was never seen', async () => {
    const newcomer = new Person(stage.url, { email: 'new@example.com', username: 'new', password: 'a long password' });
    await newcomer.register();
    await newcomer.signIn();
    await stage.parts.auth.whileIs('stopped', async () => {
      await pause(overAMinuteMs);
      expect((await person.load('auth stopped for a minute')).errors).toBe(0);
      expect((await newcomer.load('auth stopped for a minute, a newcomer')).errors).toBe(0);
    });
    await untilServed(profile, 'auth answers again');
    expect((await newcomer.ask('POST', '/api/auth/logout')).status).toBe(200);
    await eventually(async () => (await newcomer.read()).status === 401, 'the session has ended', 2_000);
  });

  atNight('slow: everything goes on', async () => {
    await stage.parts.auth.whileIs('slow', async () => {
      await pause(overAMinuteMs);
      expect((await person.load('auth slow for a minute')).errors).toBe(0);
    });
  });

  atNight('paused: as when it is stopped, as NATS soon takes whoever is silent for gone', async () => {
    await stage.parts.auth.whileIs('paused', async () => {
      await pause(overAMinuteMs);
      const summary = await person.load('auth paused for a minute');
      expect(summary.errors).toBe(0);
      expect(summary.slowest).toBeLessThan(boundMs);
    });
    await untilServed(profile, 'auth answers again');
    expect((await person.load('auth is back', 2)).errors).toBe(0);
  });
});

describe('Redis in the middle of a load, which stays quick', () => {
  atNight.each(ways)('%s, while each waits for the answer before', async (way) => {
    await stage.untilRedisIs('up');
    const rounds = 200;
    const calm = await person.load('at length, nothing away', rounds);
    const loading = person.load(`at length, Redis ${way} meanwhile`, rounds);
    await underWay();
    await stage.parts.Redis.take(way);
    const { errorRate, p99 } = await loading;
    await stage.parts.Redis.bringBack();
    expect(errorRate).toBeLessThanOrEqual(0.001);
    expect(p99).toBeLessThan(3 * calm.p99);
  });

  atNight.each(ways)('%s, while requests come at even intervals', async (way) => {
    await stage.untilRedisIs('up');
    const calm = await openLoad('nothing away', person);
    const loading = openLoad(`Redis ${way} meanwhile`, person);
    // A quarter of the time of the load.
    await pause(5_000);
    await stage.parts.Redis.take(way);
    const { errorRate, p99 } = await loading;
    await stage.parts.Redis.bringBack();
    expect(errorRate).toBeLessThanOrEqual(0.001);
    expect(p99).toBeLessThan(3 * calm.p99);
  });
});

describe('In the middle of a load, which goes on by itself afterwards', () => {
  const awayMs = 5_000;
  const faults = {
    'PostgreSQL killed': () => stage.parts.PostgreSQL.whileIs('stopped', () => pause(awayMs)),
    'PostgreSQL started anew': () => stage.parts.PostgreSQL.restart(),
    'PostgreSQL paused': () => stage.parts.PostgreSQL.whileIs('paused', () => pause(awayMs)),
    'PostgreSQL slow': () => stage.parts.PostgreSQL.whileIs('slow', () => pause(awayMs)),
    'message killed': () => stage.parts.message.whileIs('stopped', () => pause(awayMs)),
    'message started anew': () => stage.parts.message.restart(),
    'message paused': () => stage.parts.message.whileIs('paused', () => pause(awayMs)),
    'message slow': () => stage.parts.message.whileIs('slow', () => pause(awayMs)),
  };

  atNight.each(Object.entries(faults))('%s', async (name, fault) => {
    const { statuses, isInForm, slowest } = await person.loadDuring(`${name} under load`, async () => {
      await underWay();
      await fault();
      await underWay();
    });
    const others = statuses.filter((status) => ![200, 201, 503].includes(status));
    expect({ others, isInForm }).toEqual({ others: [], isInForm: true });
    expect(slowest).toBeLessThan(boundMs);
    await person.settle();
    const stored = await person.stored();
    expect(person.acknowledged.filter((content) => stored.get(content) !== 1)).toEqual([]);
  });
});
