import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Chat } from '#contracts/chat.contract.js';
import { freePort } from '#servers/free-port.js';
import type { Answer, Person } from '../e2e/client.js';
import type { AppProcess } from './app-process.js';
import { HandOvers } from './hand-over.fixture.js';
import { Installation } from './installation.js';
import { changesOf, expectMember, expectStranger, logOf, send } from './membership.js';
import { isNightly } from './nightly.js';
import { eventually } from '#testing/eventually.js';

let installation: Installation;
let handOvers: HandOvers;
/** A gateway whose callers learn soon that nobody will answer. */
let impatient: string;
let register: (name: string) => Promise<Person>;
let owner: Person;
/** A member of every chat, whom nothing of what happens to `subject` may touch. */
let bystander: Person;
let subject: Person;
const services: { chat?: AppProcess; message?: AppProcess } = {};

beforeAll(async () => {
  installation = await Installation.start({ durability: 'on' });
  handOvers = await HandOvers.of(installation);
  const [, , , gateway, soon] = await Promise.all([
    installation.service('auth'),
    restart('chat'),
    restart('message'),
    installation.gateway({ REQUEST_TIMEOUT_MS: '15000' }),
    installation.gateway({ REQUEST_TIMEOUT_MS: '1000' }),
  ]);
  impatient = soon.url;
  // The client reads the server's URL once, when it is loaded.
  process.env.FECHATTER_URL = gateway.url;
  const client = await import('../e2e/client.js');
  register = (name) => client.Person.register(name);
  [owner, bystander, subject] = await Promise.all([register('owner'), register('bystander'), register('subject')]);
  await owner.admit(bystander);
  await owner.admit(subject);
}, 120_000);

afterAll(() => installation.close());

/** Replaces the only replica of a service. */
async function restart(app: 'chat' | 'message', crashAt?: string): Promise<AppProcess> {
  const options = crashAt === undefined ? {} : { crashAt };
  const [started] = await Promise.all([installation.service(app, options), services[app]?.stop()]);
  return (services[app] = started);
}

const removal = () => handOvers.removalOf(owner.workspaceId, subject.id);

/** All changes that were decided are in force, and nobody has asked for it. */
const untilSettled = () =>
  eventually(async () => {
    const { step } = await removal();
    return (await handOvers.open()).length === 0 && step !== 'deny' && step !== 'leave';
  }, 'every hand-over is finished in the background');

/** Something that a person does to a chat, prepared and ready to be called. */
interface Attempt {
  call(gateway?: string): Promise<Answer>;
  /** The answer to repeating it, also when it is done. */
  readonly repeated: number;
  /** What must hold from the moment at which a repeated call is answered, or the background is done. */
  expectInForce(): Promise<void>;
  /** That it happened once, and that others have noticed nothing. */
  expectOnce(): Promise<void>;
}

const uniqueName = () => `c-${randomUUID()}`;

/** Repeating it is refused because of its name, so its people find it in their lists. */
async function createChannel(): Promise<Attempt> {
  const name = uniqueName();
  const body = { workspace_id: owner.workspaceId, name, type: 'channel', member_ids: [bystander.id] };
  const find = () =>
    eventually(async () => {
      const { chats } = await bystander.ok<{ chats: Chat[] }>('GET', '/api/chats?limit=200');
      return chats.find((chat) => chat.name === name);
    }, 'the channel is in the list of a member');
  return {
    call: (gateway = '') => owner.call('POST', `${gateway}/api/chats`, body),
    repeated: 409,
    expectInForce: async () => expectMember(owner, (await find()).id),
    expectOnce: async () => {
      const { id } = await find();
      await expectMember(bystander, id);
      await expectStranger(subject, id);
      expect(await changesOf(owner, id)).toEqual(['chat.created']);
    },
  };
}

async function createDirect(): Promise<Attempt> {
  const other = await register('friend');
  await owner.admit(other);
  const body = { workspace_id: owner.workspaceId, user_ids: [other.id] };
  const call = (gateway = '') => owner.call<Chat>('POST', `${gateway}/api/chats/direct`, body);
  return {
    call,
    repeated: 200,
    expectInForce: async () => {
      const { id } = (await call()).body;
      await expectMember(owner, id);
      await expectMember(other, id);
    },
    expectOnce: async () => {
      const { id } = (await call()).body;
      await expectStranger(bystander, id);
      expect(await changesOf(owner, id)).toEqual(['chat.created']);
    },
  };
}

async function join(): Promise<Attempt> {
  const { id } = await owner.createChannel(uniqueName(), { member_ids: [bystander.id] });
  return {
    call: (gateway = '') => subject.call('POST', `${gateway}/api/chats/${id}/join`),
    repeated: 200,
    expectInForce: () => expectMember(subject, id),
    expectOnce: async () => {
      await expectMember(bystander, id);
      expect(await changesOf(owner, id)).toEqual(['chat.created', 'member.added']);
    },
  };
}

async function removeMember(): Promise<Attempt> {
  const { id } = await owner.createChannel(uniqueName(), { member_ids: [bystander.id, subject.id], is_private: true });
  await expectMember(subject, id);
  return {
    call: (gateway = '') => owner.call('DELETE', `${gateway}/api/chats/${id}/members/${subject.id}`),
    repeated: 200,
    expectInForce: () => expectStranger(subject, id),
    expectOnce: async () => {
      await expectMember(bystander, id);
      expect(await changesOf(owner, id)).toEqual(['chat.created', 'member.removed']);
    },
  };
}

async function removeFromWorkspace(): Promise<Attempt> {
  const { id } = await owner.createChannel(uniqueName(), { member_ids: [bystander.id, subject.id], is_private: true });
  const general = owner.generalId;
  const before = await changesOf(owner, general);
  await expectMember(subject, id);
  await expectMember(subject, general);
  return {
    call: (gateway = '') =>
      owner.call('DELETE', `${gateway}/api/workspaces/${owner.workspaceId}/members/${subject.id}`),
    repeated: 200,
    expectInForce: async () => {
      await expectStranger(subject, id);
      await expectStranger(subject, general);
    },
    expectOnce: async () => {
      await expectMember(bystander, id);
      await untilSettled();
      expect(await changesOf(owner, id)).toEqual(['chat.created', 'member.removed']);
      expect(await changesOf(owner, general)).toEqual([...before, 'member.removed']);
      expect(await removal()).toEqual({ step: 'done', isDenied: true });
      // Admitted again they are what a new member is: in `general` at once, in the private channel no more.
      await owner.admit(subject);
      await expectMember(subject, general);
      await expectStranger(subject, id);
      expect(await changesOf(owner, general)).toEqual([...before, 'member.removed', 'member.added']);
      expect(await removal()).toEqual({ step: null, isDenied: false });
    },
  };
}

const operations = { createChannel, createDirect, join, removeMember, removeFromWorkspace };
type Finisher = 'repeating' | 'background';

type Crash = [place: string, operation: keyof typeof operations, finisher: Finisher];

/** Of every commit: each place once, finished in both ways at each service. */
const crashes: Crash[] = [
  ['chat.hand_over.before_apply', 'removeMember', 'repeating'],
  ['chat.hand_over.after_apply', 'createChannel', 'background'],
  ['chat.removal.before_deny', 'removeFromWorkspace', 'background'],
  ['chat.removal.after_deny', 'removeFromWorkspace', 'repeating'],
  ['message.access.before_commit', 'join', 'repeating'],
  ['message.access.after_commit', 'createDirect', 'background'],
];

/** With these, each kind of operation at each place that it passes. */
const moreCrashes: Crash[] = [
  ['chat.hand_over.before_apply', 'createDirect', 'repeating'],
  ['chat.hand_over.before_apply', 'join', 'background'],
  ['chat.hand_over.before_apply', 'removeFromWorkspace', 'background'],
  ['chat.hand_over.after_apply', 'join', 'repeating'],
  ['chat.hand_over.after_apply', 'removeMember', 'background'],
  ['chat.hand_over.after_apply', 'removeFromWorkspace', 'repeating'],
  ['message.access.before_commit', 'createChannel', 'repeating'],
  ['message.access.before_commit', 'removeMember', 'background'],
  ['message.access.before_commit', 'removeFromWorkspace', 'repeating'],
  ['message.access.after_commit', 'join', 'background'],
  ['message.access.after_commit', 'removeMember', 'repeating'],
  ['message.access.after_commit', 'removeFromWorkspace', 'background'],
];

/** What the databases hold right after the death shows that it came between the two steps that the place names. */
async function expectDiedAt(place: string): Promise<void> {
  const open = await handOvers.open();
  switch (place) {
    case 'chat.removal.before_deny':
      expect(await removal()).toEqual({ step: 'deny', isDenied: false });
      return expect(open).toEqual([]);
    case 'chat.removal.after_deny':
      expect(await removal()).toEqual({ step: 'leave', isDenied: true });
      return expect(open).toEqual([]);
    case 'chat.hand_over.before_apply':
    case 'message.access.before_commit':
      expect(open).toContain(false);
      return expect(open).not.toContain(true);
    default:
      // Somebody who is removed from the workspace leaves two chats at once.
      expect(open).toContain(true);
  }
}

describe('A service that dies by SIGKILL', () => {
  it.each(isNightly ? [...crashes, ...moreCrashes] : crashes)(
    'at %s during %s leaves what is finished once, by %s',
    async (place, operation, finisher) => {
      const attempt = await operations[operation]();
      const app = place.startsWith('chat.') ? 'chat' : 'message';
      const dying = await restart(app, place);
      // Chat itself gives up waiting for message after three seconds; nobody but the gateway waits for chat.
      const answered = attempt.call(app === 'chat' ? impatient : undefined);
      expect(await dying.death()).toBe('SIGKILL');
      await expectDiedAt(place);
      await restart(app);
      const answer = await answered;
      // Before it hands over, message has denied the user everything, which is what the call promises.
      const isInForce = app === 'message' && operation === 'removeFromWorkspace';
      expect(isInForce ? [200, 503] : [503]).toContain(answer.status);
      if (answer.status === 503) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);

      if (finisher === 'background') await untilSettled();
      else await eventually(async () => (await attempt.call()).status !== 503, 'a repeated call ends');
      await attempt.expectInForce();
      expect((await attempt.call()).status).toBe(attempt.repeated);
      await untilSettled();
      await attempt.expectInForce();
      await attempt.expectOnce();
    },
  );
});

describe('With two chat services and two message services', () => {
  const rounds = isNightly ? 50 : 15;
  /** By the port of its metrics, what a replica calls when it does its part: hands over, looks up a sender. */
  const callsOf = new Map<number, string>();

  beforeAll(async () => {
    const replicas = (['chat', 'chat', 'message', 'message'] as const).map(async (app) => {
      const healthPort = await freePort();
      callsOf.set(healthPort, app === 'chat' ? 'message.access.apply' : 'auth.user.get_many');
      await installation.service(app, { healthPort });
    });
    await Promise.all(replicas);
    await Promise.all([services.chat?.stop(), services.message?.stop()]);
  }, 60_000);

  it(`who has joined sends at once, and who was removed does nothing any more, ${rounds} times`, async () => {
    const { id } = await owner.createChannel(uniqueName(), { member_ids: [bystander.id] });
    const sent: number[] = [];
    const talk = async (person: Person) => {
      const answer = await send(person, id);
      expect(answer.status).toBe(201);
      sent.push(answer.body.id);
    };
    for (let round = 0; round < rounds; round++) {
      const joined = subject.call('POST', `/api/chats/${id}/join`).then(({ status }) => expect(status).toBe(200));
      await Promise.all([joined.then(() => talk(subject)), talk(bystander)]);
      const left = owner.call('DELETE', `/api/chats/${id}/members/${subject.id}`);
      const removed = left.then(({ status }) => expect(status).toBe(200));
      await Promise.all([removed.then(() => expectStranger(subject, id)), talk(bystander)]);
    }
    const changes = Array.from({ length: rounds }, () => ['member.added', 'member.removed']).flat();
    expect(await changesOf(owner, id)).toEqual(['chat.created', ...changes]);
    const log = await logOf(owner, id);
    const stored = log.flatMap((entry) => (entry.type === 'message.created' ? [entry.data.message.id] : []));
    expect(stored.toSorted(ascending)).toEqual(sent.toSorted(ascending));
    // All four have had a part in it.
    for (const [port, subjectOfCall] of callsOf) {
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(metrics).toContain(`fechatter_bus_call_duration_seconds_count{subject="${subjectOfCall}",code="OK"}`);
    }
  });

  it('who was removed from the workspace does nothing there, and sends at once when admitted again, again and again', async () => {
    for (let round = 0; round < (isNightly ? 10 : 3); round++) {
      const removed = await removeFromWorkspace();
      expect((await removed.call()).status).toBe(200);
      await removed.expectInForce();
      await removed.expectOnce();
    }
  });
});

const ascending = (a: number, b: number) => a - b;
