import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from '@nats-io/transport-node';
import { rpc } from '#contracts/contract.js';
import type { FechatterError } from '#contracts/error.js';
import { configureLogging } from '#telemetry/logger.js';
import { startSystemServer, type SystemServer } from '#servers/system-server.js';
import { eventually } from '#testing/eventually.js';
import { anyone, echo, errorOf, holding, probe, secret, startTestNats, subscribed } from './bus.fixture.js';
import { NatsBus } from './nats-bus.js';

const queue = 'probe';
const hanging = rpc('search.hanging', 'anyone', probe.echo.request, probe.echo.reply);

let nats: { server: SystemServer; dir: string; remove(): Promise<void> };
let caller: NatsBus;
let server: NatsBus;

beforeEach(async () => {
  configureLogging('silent', 'test');
  nats = await startTestNats();
  caller = await NatsBus.connect({ url: nats.server.url, secret, name: 'caller' });
  server = await NatsBus.connect({ url: nats.server.url, secret, name: 'server' });
  server.serve(probe.echo, echo, { queue });
  await subscribed(server);
});
afterEach(async () => {
  await Promise.all([server.close(), caller.close()]);
  await nats.remove();
});

async function secondsOf(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work;
  return (performance.now() - start) / 1000;
}

/** A nats-server that lets nobody in but the user `probe`. */
function startGuardedNats(dir: string): Promise<SystemServer> {
  const user = ['--user', 'probe', '--pass', 'p@ss'];
  const path = 'usr/sbin/nats-server';
  const program = { name: 'nats-server', path, packages: ['nats-server'], apt: 'nats-server', brew: 'nats-server' };
  return startSystemServer(
    {
      title: 'NATS',
      scheme: 'nats',
      program,
      ready: /Server is ready/,
      arguments: (port) => ['--addr', '127.0.0.1', '--port', String(port), ...user],
      isOurs: async () => true,
    },
    { dir },
  );
}

const unavailable = async () =>
  expect(await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone }))).toMatchObject({ code: 'UNAVAILABLE' });

const served = () =>
  caller.call(probe.echo, { text: 'back' }, { as: anyone }).then(
    () => true,
    () => false,
  );

describe('When NATS', () => {
  it('hangs, callers learn it within a second or two, and it is used again as soon as it answers', async () => {
    nats.server.pause();
    expect(await secondsOf(unavailable())).toBeLessThan(2);
    expect(caller.status().healthy).toBe(false);
    expect(await secondsOf(unavailable())).toBeLessThan(0.1);
    nats.server.resume();
    expect(await secondsOf(eventually(served))).toBeLessThan(5);
  });

  it('hangs, a bus can still be closed', async () => {
    nats.server.pause();
    expect(await secondsOf(Promise.all([server.close(), caller.close()]))).toBeLessThan(6);
    nats.server.resume();
  });
});

it('A service that hangs costs its callers their deadline twenty times, then they fail at once until it answers', async () => {
  const { release, handler } = holding();
  server.serve(probe.inner, handler, { queue: 'inner' });
  await subscribed(server);
  const call = () => errorOf(caller.call(probe.inner, { text: '' }, { as: anyone, timeoutMs: 700 }));
  expect(await secondsOf(Promise.all(Array.from({ length: 20 }, call)))).toBeGreaterThan(0.6);
  expect(await secondsOf(call())).toBeLessThan(0.1);
  release();
  expect(await secondsOf(eventually(served))).toBeLessThan(2);
  expect(await caller.call(probe.inner, { text: 'closed again' }, { as: anyone })).toEqual({ text: 'closed again' });
});

it('A service that hangs takes nobody else the room to wait for an answer', async () => {
  const stranger = await connect({ servers: nats.server.url });
  stranger.subscribe('rpc.search.hanging', { callback: () => undefined });
  await stranger.flush();
  const calls: Promise<FechatterError>[] = [];
  const ask = () => calls.push(errorOf(caller.call(hanging, { text: '' }, { as: anyone, timeoutMs: 60_000 })));
  for (let n = 0; n < 10_000; n++) ask();
  expect(await caller.call(probe.echo, { text: 'room' }, { as: anyone })).toEqual({ text: 'room' });
  expect(await Promise.race(calls)).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
  await stranger.close();
  await caller.close();
  const reasons = (await Promise.all(calls)).map(({ cause }) => (cause as Error).message);
  const waited = reasons.filter((reason) => reason === 'connection of search.hanging');
  expect(waited).toHaveLength(4_000);
});

it('A server that refuses our user is told apart from one that is not there', async () => {
  const guarded = await startGuardedNats(nats.dir);
  const connect = (userinfo: string) =>
    NatsBus.connect({ url: guarded.url.replace('//', `//${userinfo}`), secret, name: 'probe' });
  try {
    await expect(connect('probe:wrong@')).rejects.toThrow(`NATS at 127.0.0.1:${guarded.port} refuses our user`);
    await expect(connect('')).rejects.toThrow('refuses our user');
    const bus = await connect('probe:p%40ss@');
    expect(bus.status()).toEqual({ healthy: true });
    await bus.close();
  } finally {
    await guarded.stop();
  }
});
