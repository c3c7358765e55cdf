import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FechatterError } from '#contracts/error.js';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { anyone, echo, errorOf, holding, probe, recording, subscribed, transports } from './bus.fixture.js';
import type { Transport } from './bus.fixture.js';
import { userOf, type Bus, type CallContext, type Caller } from './bus.js';
import { encodePayload } from './payload.js';
import { isUnserved } from './retry.js';

const queue = 'probe';
const user: Caller = { kind: 'user', user_id: 7, session_id: 70, expires_at: Math.floor(Date.now() / 1000) + 600 };
const service: Caller = { kind: 'service', service: 'probe' };

beforeAll(() => configureLogging('silent', 'test'));

describe.each(transports)('$name', ({ start }) => {
  let transport: Transport;
  let caller: Bus;
  let server: Bus;
  beforeAll(async () => {
    transport = await start();
  });
  afterAll(() => transport.stop());
  beforeEach(async () => {
    ({ caller, server } = await transport.open());
  });
  afterEach(async () => {
    await server.close();
    await caller.close();
  });

  it('answers what the handler returns', async () => {
    server.serve(probe.echo, async ({ text }) => ({ text: `${text}!` }), { queue });
    expect(await caller.call(probe.echo, { text: 'naïve 👋 \u2028' }, { as: anyone })).toEqual({
      text: 'naïve 👋 \u2028!',
    });
  });

  it('keeps requests and events of the same name apart', async () => {
    const requests: string[] = [];
    const events: string[] = [];
    const record = async ({ text }: { text: string }) => {
      requests.push(text);
      return { text };
    };
    server.serve(probe.twinRequest, record, { queue });
    server.subscribe(probe.twinEvent, {}, ({ text }) => void events.push(text));
    await subscribed(server);
    await caller.call(probe.twinRequest, { text: 'request' }, { as: anyone });
    caller.publish(probe.twinEvent, {}, { text: 'event' });
    await eventually(() => events.length > 0);
    await caller.call(probe.twinRequest, { text: 'last' }, { as: anyone });
    expect({ requests, events }).toEqual({ requests: ['request', 'last'], events: ['event'] });
  });

  it('carries a domain error as the same class with code, message, details and time to wait', async () => {
    const details = [{ field: 'a.0', reason: 'Too "odd" 👋' }];
    const thrown = new FechatterError('RATE_LIMITED', 'Slow down.', { details, retryAfterSeconds: 7 });
    const throwing = async (): Promise<never> => {
      throw thrown;
    };
    server.serve(probe.echo, throwing, { queue });
    const error = await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone }));
    const { code, message, status, retryAfterSeconds } = error;
    expect({ code, message, status, retryAfterSeconds, details: error.details }).toEqual({
      ...{ code: 'RATE_LIMITED', message: 'Slow down.', status: 429, retryAfterSeconds: 7, details },
    });
    expect(error).not.toBe(thrown);
    expect(await errorOf(caller.relay(probe.echo, { text: '' }, { as: anyone }))).toMatchObject({
      code: 'RATE_LIMITED',
    });
  });

  it('tells nothing of an error that nobody had foreseen', async () => {
    const secret = 'password of db.internal';
    const throwing = async (): Promise<never> => {
      throw new TypeError(secret, { cause: new Error(secret) });
    };
    server.serve(probe.echo, throwing, { queue });
    const error = await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone }));
    expect(error.code).toBe('INTERNAL_ERROR');
    expect([error.message, error.stack, error.cause, error.details].join()).not.toContain(secret);
  });

  it('lets an undefined result survive', async () => {
    server.serve(probe.nothing, async () => undefined, { queue });
    expect(await caller.call(probe.nothing, {}, { as: anyone })).toBeUndefined();
    expect(encodePayload(await caller.relay(probe.nothing, {}, { as: anyone }))).toHaveLength(0);
  });

  it('answers UNAVAILABLE soon when nobody serves the subject', async () => {
    const start = performance.now();
    const error = await errorOf(caller.call(probe.unserved, { text: '' }, { as: anyone }));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
    expect(error.message).toBe('A part of the server is not running. Try again in a moment.');
    expect(isUnserved(error)).toBe(true);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('says that nobody serves a subject only where that is so', async () => {
    const { release, handler } = holding();
    server.serve(probe.echo, handler, { queue });
    // Of a handler that has met nobody itself.
    server.serve(probe.inner, async (request, within) => caller.call(probe.unserved, request, { within }), { queue });
    await subscribed(server);
    const echoed = await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone, timeoutMs: 100 }));
    release();
    const inner = await errorOf(caller.call(probe.inner, { text: '' }, { as: anyone }));
    expect([echoed, inner].map((error) => [error.code, isUnserved(error)])).toEqual([
      ['UNAVAILABLE', false],
      ['UNAVAILABLE', false],
    ]);
  });

  it('never repeats a request that its handler has failed', async () => {
    const failures = [new FechatterError('UNAVAILABLE'), new FechatterError('CONFLICT'), new Error('unforeseen')];
    let calls = 0;
    const failing = async (): Promise<never> => {
      throw failures[calls++]!;
    };
    server.serve(probe.echo, failing, { queue });
    const codes: string[] = [];
    for (let n = 1; n <= failures.length; n++) {
      codes.push((await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone }))).code);
      expect(calls).toBe(n);
    }
    expect(codes).toEqual(['UNAVAILABLE', 'CONFLICT', 'INTERNAL_ERROR']);
  });

  it('is healthy until it is closed, and then refuses without throwing at publishers', async () => {
    expect(caller.status()).toEqual({ healthy: true });
    await caller.close();
    expect(caller.status()).toEqual({ healthy: false, reason: 'closed' });
    expect((await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone }))).code).toBe('UNAVAILABLE');
    expect(() => caller.publish(probe.seen, { name: 'a' }, { text: '' })).not.toThrow();
    await caller.close();
  });

  it('finishes what is in flight when it closes, with the calls that it still makes', async () => {
    const [begun, held] = [gate(), gate()];
    caller.serve(probe.inner, async ({ text }) => ({ text: `inner ${text}` }), { queue: 'inner' });
    await subscribed(caller);
    const handler = async (request: { text: string }, within: CallContext) => {
      begun.open();
      await held.opened;
      return server.call(probe.inner, request, { within });
    };
    server.serve(probe.echo, handler, { queue });
    const answer = caller.call(probe.echo, { text: 'work' }, { as: anyone });
    await begun.opened;
    let isClosed = false;
    const closed = server.close().then(() => (isClosed = true));
    expect((await errorOf(server.call(probe.inner, { text: 'new' }, { as: anyone }))).code).toBe('UNAVAILABLE');
    expect(isClosed).toBe(false);
    held.open();
    expect(await answer).toEqual({ text: 'inner work' });
    await closed;
  });

  it('stops one subject when all it took is answered, and leaves the others served', async () => {
    const { begun, release, handler } = holding();
    const serving = server.serve(probe.echo, handler, { queue });
    server.serve(probe.inner, echo, { queue: 'inner' });
    const answer = caller.call(probe.echo, { text: 'last' }, { as: anyone });
    await begun;
    let hasStopped = false;
    const stopped = serving.stop().then(() => (hasStopped = true));
    expect(await caller.call(probe.inner, { text: 'other' }, { as: anyone })).toEqual({ text: 'other' });
    expect((await errorOf(caller.call(probe.echo, { text: 'late' }, { as: anyone }))).code).toBe('UNAVAILABLE');
    expect(hasStopped).toBe(false);
    release();
    expect(await answer).toEqual({ text: 'last' });
    await stopped;
  });

  describe('events', () => {
    it('reach those who listen to their parameters and those who listen to all', async () => {
      const heard: string[] = [];
      const listen = (as: string) => (payload: { text: string }) => void heard.push(`${as}: ${payload.text}`);
      server.subscribe(probe.met, { name: 1, place: 2 }, listen('1 at 2'));
      server.subscribe(probe.met, { name: 1, place: 3 }, listen('1 at 3'));
      server.subscribe(probe.met, '*', listen('all'));
      await subscribed(server);
      caller.publish(probe.met, { name: 1, place: 2 }, { text: 'first' });
      caller.publish(probe.met, { name: 2, place: 2 }, { text: 'second' });
      await eventually(() => heard.includes('all: second'));
      expect(heard.sort()).toEqual(['1 at 2: first', 'all: first', 'all: second']);
    });

    it.each(['a.b', '*', '>', 'a b', '', 'ü'])('keep the parameter %j one token', async (name) => {
      const heard: string[] = [];
      const listen = (as: string) => (payload: { text: string }) => void heard.push(`${as}: ${payload.text}`);
      server.subscribe(probe.seen, { name }, listen('named'));
      server.subscribe(probe.seen, '*', listen('all'));
      await subscribed(server);
      caller.publish(probe.seen, { name: 'other' }, { text: 'no' });
      caller.publish(probe.seen, { name }, { text: 'yes' });
      await eventually(() => heard.includes('all: yes'));
      expect(heard.sort()).toEqual(['all: no', 'all: yes', 'named: yes']);
    });

    it('no longer reach who has unsubscribed, also not those on their way', async () => {
      const heard: string[] = [];
      const subscription = server.subscribe(probe.seen, { name: 1 }, () => void heard.push('unsubscribed'));
      server.subscribe(probe.seen, { name: 1 }, ({ text }) => void heard.push(text));
      await subscribed(server);
      caller.publish(probe.seen, { name: 1 }, { text: 'event' });
      subscription.unsubscribe();
      await eventually(() => heard.length > 0);
      expect(heard).toEqual(['event']);
    });

    it('survive a listener that throws or rejects', async () => {
      const heard: string[] = [];
      server.subscribe(probe.seen, '*', () => {
        throw new Error('thrown');
      });
      server.subscribe(probe.seen, '*', async () => {
        throw new Error('rejected');
      });
      server.subscribe(probe.seen, '*', ({ text }) => void heard.push(text));
      await subscribed(server);
      caller.publish(probe.seen, { name: 1 }, { text: 'first' });
      caller.publish(probe.seen, { name: 1 }, { text: 'second' });
      await eventually(() => heard.length === 2);
      expect(heard).toEqual(['first', 'second']);
    });
  });

  describe('deadlines', () => {
    it('shrink along nested calls', async () => {
      const { contexts, handler } = recording();
      caller.serve(probe.inner, handler, { queue: 'inner' });
      await subscribed(caller);
      const outer = async (request: { text: string }, context: CallContext) => {
        await handler(request, context);
        return server.call(probe.inner, request, { within: context, timeoutMs: 60_000 });
      };
      server.serve(probe.echo, outer, { queue });
      await subscribed(server);
      const latest = Date.now() + 3_000;
      await caller.call(probe.echo, { text: '' }, { as: anyone, timeoutMs: 3_000 });
      const deadlines = contexts.map(({ deadline }) => deadline);
      expect(deadlines).toHaveLength(2);
      expect(deadlines[0]).toBeGreaterThanOrEqual(latest);
      expect(deadlines[1]).toBeLessThan(deadlines[0]!);
    });

    it('end a call that nobody answers', async () => {
      const { release, handler } = holding();
      server.serve(probe.echo, handler, { queue });
      await subscribed(server);
      const start = performance.now();
      const error = await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone, timeoutMs: 200 }));
      const took = performance.now() - start;
      release();
      expect(error).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
      expect(error.message).toMatch(
        /^The answer took too long, and .* may have been done.* with the same idempotency key/,
      );
      expect(took).toBeGreaterThan(190);
      expect(took).toBeLessThan(1_000);
    });

    it('tell a handler that the service behind it hangs while it can still answer', async () => {
      const { release, handler } = holding();
      caller.serve(probe.inner, handler, { queue: 'inner' });
      await subscribed(caller);
      const without = (error: FechatterError) => ({ text: `without: ${error.code}` });
      const tolerant = async (request: { text: string }, within: CallContext) =>
        server.call(probe.inner, request, { within }).catch(without);
      server.serve(probe.echo, tolerant, { queue });
      await subscribed(server);
      // What the handler has left is milliseconds: a machine that stands still for so long takes them away.
      const ask = () => caller.call(probe.echo, { text: '' }, { as: anyone, timeoutMs: 400 }).catch(() => undefined);
      const answer = await eventually(ask, 'an answer in time');
      release();
      expect(answer).toEqual({ text: 'without: UNAVAILABLE' });
    });

    it('keep work from being begun when they have passed', async () => {
      const { contexts, handler } = recording();
      server.serve(probe.echo, handler, { queue });
      await subscribed(server);
      const late = await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone, timeoutMs: 0 }));
      expect(late).toMatchObject({ code: 'UNAVAILABLE', message: 'The answer took too long. Try again in a moment.' });
      await caller.call(probe.echo, { text: '' }, { as: anyone });
      expect(contexts).toHaveLength(1);
    });
  });

  describe('callers', () => {
    const expired: Caller = { ...user, expires_at: Math.floor(Date.now() / 1000) - 1 };

    it.each([
      { contract: probe.forAnyone, outcomes: ['OK', 'FORBIDDEN', 'FORBIDDEN', 'UNAUTHORIZED'] },
      { contract: probe.forUsers, outcomes: ['UNAUTHORIZED', 'OK', 'FORBIDDEN', 'UNAUTHORIZED'] },
      { contract: probe.forServices, outcomes: ['UNAUTHORIZED', 'FORBIDDEN', 'OK', 'UNAUTHORIZED'] },
      { contract: probe.echo, outcomes: ['OK', 'OK', 'OK', 'UNAUTHORIZED'] },
    ])('of the wrong kind or expired are refused: $contract.subject', async ({ contract, outcomes }) => {
      const { contexts, handler } = recording();
      server.serve(contract, handler, { queue });
      const found: string[] = [];
      for (const as of [anyone, user, service, expired]) {
        const call = caller.call(contract, { text: '' }, { as });
        found.push(await call.then(() => 'OK').catch((error: FechatterError) => error.code));
      }
      expect(found).toEqual(outcomes);
      expect(contexts).toHaveLength(outcomes.filter((outcome) => outcome === 'OK').length);
    });

    it('and request ids are inherited by nested calls, unless somebody else speaks', async () => {
      const { contexts, handler } = recording();
      caller.serve(probe.inner, handler, { queue: 'inner' });
      await subscribed(caller);
      const outer = async (request: { text: string }, context: CallContext) => {
        await handler(request, context);
        await server.call(probe.inner, request, { within: context });
        return server.call(probe.inner, request, { within: context, as: service });
      };
      server.serve(probe.echo, outer, { queue });
      await caller.call(probe.echo, { text: '' }, { as: user });
      expect(contexts.map((context) => context.caller)).toEqual([user, user, service]);
      expect(new Set(contexts.map(({ requestId }) => requestId)).size).toBe(1);
      expect(contexts[0]?.requestId).toMatch(/^\S{8,}$/);
      expect(userOf(contexts[0]!)).toEqual(user);
      expect(() => userOf(contexts[2]!)).toThrow(FechatterError);
    });
  });
});
