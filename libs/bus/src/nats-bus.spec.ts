import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { FechatterError } from '#contracts/error.js';
import { startNats } from '#servers/nats.js';
import type { SystemServer } from '#servers/system-server.js';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import {
  anyone,
  echo,
  errorOf,
  errorWithin,
  holding,
  probe,
  recording,
  secret,
  startTestNats,
  subscribed,
} from './bus.fixture.js';
import type { Caller } from './bus.js';
import { Identities } from './identity.js';
import { NatsBus } from './nats-bus.js';

const queue = 'probe';
const user: Caller = { kind: 'user', user_id: 7, session_id: 70, expires_at: Math.floor(Date.now() / 1000) + 600 };
const other: Caller = { ...user, user_id: 8 };

let nats: SystemServer;
let dir: string;
let remove: () => Promise<void>;
let caller: NatsBus;
let server: NatsBus;
let stranger: NatsConnection;
let opened: NatsBus[];

beforeAll(async () => {
  configureLogging('silent', 'test');
  ({ server: nats, dir, remove } = await startTestNats());
});
afterAll(async () => {
  await remove();
  await nats.stop();
});

async function open(name: string): Promise<NatsBus> {
  const bus = await NatsBus.connect({ url: nats.url, secret, name });
  opened.push(bus);
  return bus;
}

beforeEach(async () => {
  opened = [];
  caller = await open('caller');
  server = await open('server');
  stranger = await connect({ servers: nats.url });
});
afterEach(async () => {
  await Promise.all(opened.map((bus) => bus.close()));
  await stranger.close();
});

function headersWith(entries: Record<string, string>): MsgHdrs {
  const result = headers();
  for (const [name, value] of Object.entries(entries)) result.set(name, value);
  return result;
}

describe('a request from elsewhere', () => {
  const soon = () => String(Date.now() + 5_000);
  const signed = (as: Caller, key = secret) => new Identities(key).sign(as);
  let begun: unknown[];

  beforeEach(async () => {
    const { contexts, handler } = recording();
    begun = contexts;
    server.serve(probe.echo, handler, { queue });
    await subscribed(server);
  });

  async function ask(entries: Record<string, string>, payload: string): Promise<string> {
    const reply = await stranger.request('rpc.probe.echo', payload, { headers: headersWith(entries), timeout: 5_000 });
    const code = reply.headers?.get('Nats-Service-Error') ?? '';
    if (code === '') return reply.string();
    expect(reply.json()).toMatchObject({ code });
    return code;
  }

  const payload = '{"text":"x"}';
  const [body = '', signature = ''] = signed(user).split('.');
  const forged = Buffer.from(JSON.stringify(other)).toString('base64url');

  it('is answered when it is signed with our secret', async () => {
    expect(await ask({ 'Fechatter-Caller': signed(user), 'Fechatter-Deadline': soon() }, payload)).toBe(payload);
    expect(begun).toHaveLength(1);
  });

  it.each([
    ['no caller', {}],
    ['an empty caller', { 'Fechatter-Caller': '' }],
    ['nonsense for a caller', { 'Fechatter-Caller': 'nonsense' }],
    ['no signature', { 'Fechatter-Caller': `${body}.` }],
    ['a signature of somebody else', { 'Fechatter-Caller': `${forged}.${signature}` }],
    ['half a signature', { 'Fechatter-Caller': `${body}.${signature.slice(0, 20)}` }],
    ['something behind the signature', { 'Fechatter-Caller': `${body}.${signature}.${body}` }],
    ['a signature under another secret', { 'Fechatter-Caller': signed(user, 'another secret') }],
  ])('is UNAUTHORIZED with %s', async (_what, entries) => {
    expect(await ask({ ...entries, 'Fechatter-Deadline': soon() }, payload)).toBe('UNAUTHORIZED');
    expect(begun).toHaveLength(0);
  });

  it.each(['', 'tomorrow', '-5', '1.5'])('is a BAD_REQUEST with the deadline %j', async (deadline) => {
    const entries = { 'Fechatter-Caller': signed(user), 'Fechatter-Deadline': deadline };
    expect(await ask(entries, payload)).toBe('BAD_REQUEST');
    expect(begun).toHaveLength(0);
  });

  it('is not begun when its deadline has passed on the way', async () => {
    const entries = { 'Fechatter-Caller': signed(user), 'Fechatter-Deadline': String(Date.now() - 1) };
    expect(await ask(entries, payload)).toBe('UNAVAILABLE');
    expect(begun).toHaveLength(0);
  });

  it.each(['{', 'text', '\u0000'])('is a BAD_REQUEST with the payload %j', async (garbage) => {
    const entries = { 'Fechatter-Caller': signed(user), 'Fechatter-Deadline': soon() };
    expect(await ask(entries, garbage)).toBe('BAD_REQUEST');
    expect(begun).toHaveLength(0);
  });
});

describe('on the wire', () => {
  it('requests are rpc.… with headers and pure JSON, events are event.…', async () => {
    const seen = new Map<string, { names: string[]; text: string }>();
    stranger.subscribe('>', {
      callback: (_error, message) => {
        if (message.subject.startsWith('_')) return;
        seen.set(message.subject, { names: message.headers?.keys() ?? [], text: message.string() });
      },
    });
    await stranger.flush();
    server.serve(probe.inner, echo, { queue });
    await subscribed(server);
    await caller.call(probe.inner, { text: 'x' }, { as: anyone });
    caller.publish(probe.seen, { name: 'a.b' }, { text: 'y' });
    await eventually(() => [...seen.keys()].some((subject) => subject.startsWith('event.')));
    const request = seen.get('rpc.probe.inner');
    expect(request?.text).toBe('{"text":"x"}');
    expect(request?.names.sort()).toEqual(['Fechatter-Caller', 'Fechatter-Deadline', 'Fechatter-Request-Id']);
    const [event] = [...seen.keys()].filter((subject) => subject.startsWith('event.'));
    expect(event).toMatch(/^event\.probe\.[^.]+\.seen$/);
    expect(seen.get(event!)).toEqual({ names: [], text: '{"text":"y"}' });
  });

  it.each([
    ['an error that is no JSON', 'nonsense', { 'Nats-Service-Error-Code': '500' }],
    ['an error of no known code', '{"code":"WHAT"}', { 'Nats-Service-Error-Code': '500' }],
    ['no JSON', 'nonsense', {}],
  ])('a reply that is %s is an INTERNAL_ERROR, and the bus goes on', async (_what, text, entries) => {
    stranger.subscribe('rpc.probe.unserved', {
      callback: (_error, message) => void message.respond(text, { headers: headersWith(entries) }),
    });
    await stranger.flush();
    expect((await errorOf(caller.call(probe.unserved, { text: '' }, { as: anyone }))).code).toBe('INTERNAL_ERROR');
    server.serve(probe.echo, echo, { queue });
    expect(await caller.call(probe.echo, { text: 'on' }, { as: anyone })).toEqual({ text: 'on' });
  });

  it('an event that is no JSON harms nobody', async () => {
    const heard: string[] = [];
    server.subscribe(probe.seen, '*', ({ text }) => void heard.push(text));
    await subscribed(server);
    stranger.publish('event.probe.1.seen', 'nonsense');
    await stranger.flush();
    caller.publish(probe.seen, { name: 1 }, { text: 'sense' });
    await eventually(() => heard.length > 0);
    expect(heard).toEqual(['sense']);
  });
});

describe('several servers', () => {
  it('of one queue share its requests, each of which is begun once', async () => {
    const counts = [0, 0, 0];
    for (const index of counts.keys()) {
      const bus = await open(`server ${index}`);
      const handler = async (request: { text: string }) => {
        counts[index]! += 1;
        return request;
      };
      bus.serve(probe.echo, handler, { queue });
      await subscribed(bus);
    }
    // Those of one turn may go to one server.
    for (let n = 0; n < 90; n++) await caller.call(probe.echo, { text: String(n) }, { as: anyone });
    expect(counts.reduce((sum, count) => sum + count)).toBe(90);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  it('may come a moment later than a request, which then is begun once', async () => {
    const { contexts, handler } = recording();
    server.serve(probe.echo, echo, { queue });
    await subscribed(server);
    const answer = caller.call(probe.unserved, { text: 'early' }, { as: anyone });
    // NATS has said that nobody is there once it has carried what the same connection sent later.
    await caller.call(probe.echo, { text: 'later' }, { as: anyone });
    server.serve(probe.unserved, handler, { queue });
    expect(await answer).toEqual({ text: 'early' });
    expect(contexts).toHaveLength(1);
  });
});

describe('a nats-server', () => {
  const heard: string[] = [];

  beforeEach(async () => {
    heard.length = 0;
    server.serve(probe.echo, echo, { queue });
    server.subscribe(probe.seen, '*', ({ text }) => void heard.push(text));
    await subscribed(server);
  });

  async function works(): Promise<void> {
    await eventually(() => caller.status().healthy && server.status().healthy);
    await eventually(
      async () => (await caller.call(probe.echo, { text: 'x' }, { as: anyone }).catch(() => undefined)) !== undefined,
    );
    caller.publish(probe.seen, { name: 1 }, { text: 'again' });
    await eventually(() => heard.includes('again'));
  }

  it('that hangs costs a caller no more than its deadline', async () => {
    nats.pause();
    try {
      const error = await errorWithin(1_000, caller.call(probe.echo, { text: '' }, { as: anyone, timeoutMs: 500 }));
      expect(error).toMatchObject({ code: 'UNAVAILABLE', cause: { message: 'deadline of probe.echo' } });
    } finally {
      nats.resume();
    }
    await works();
  });

  it('that dies is UNAVAILABLE at once, and all works again after its restart on the same port', async () => {
    const { begun, release, handler } = holding();
    server.serve(probe.inner, handler, { queue });
    await subscribed(server);
    const waiting = caller.call(probe.inner, { text: '' }, { as: anyone });
    await begun;
    await nats.kill();
    try {
      // Not at the deadline, that is.
      expect(await errorOf(waiting)).toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringMatching(/connection was lost.* may have been done.* with the same idempotency key/),
        cause: { message: 'connection of probe.inner' },
      });
      expect(await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone }))).toMatchObject({
        code: 'UNAVAILABLE',
        cause: { message: 'nobody serves probe.echo' },
      });
      await eventually(() => !caller.status().healthy && !server.status().healthy);
      expect(caller.status()).toEqual({ healthy: false, reason: 'no connection to NATS' });
      expect(() => caller.publish(probe.seen, { name: 1 }, { text: 'lost' })).not.toThrow();
      // The answer to a request of before finds no connection.
      release();
    } finally {
      nats = await startNats({ dir, port: nats.port });
    }
    await works();
    expect(await caller.call(probe.inner, { text: 'inner' }, { as: anyone })).toEqual({ text: 'inner' });
    expect(heard).not.toContain('lost');
  });

  it('that is gone does not keep a bus from closing', async () => {
    await nats.kill();
    try {
      await Promise.all(opened.map((bus) => bus.close()));
      expect(caller.status()).toEqual({ healthy: false, reason: 'closed' });
      await expect(caller.call(probe.echo, { text: '' }, { as: anyone })).rejects.toThrow(FechatterError);
    } finally {
      nats = await startNats({ dir, port: nats.port });
    }
  });
});
