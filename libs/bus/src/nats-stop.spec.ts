import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { configureLogging } from '#telemetry/logger.js';
import type { SystemServer } from '#servers/system-server.js';
import { anyone, echo, probe, secret, startTestNats, subscribed } from './bus.fixture.js';
import { NatsBus } from './nats-bus.js';

const queue = 'probe';

let nats: { server: SystemServer; remove: () => Promise<void> };
let stranger: NatsConnection;
const opened: NatsBus[] = [];

beforeAll(async () => {
  configureLogging('silent', 'test');
  nats = await startTestNats();
});
afterAll(() => nats.remove());
beforeEach(async () => {
  stranger = await connect({ servers: nats.server.url });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()));
  await stranger.close();
});

async function open(name: string): Promise<NatsBus> {
  const bus = await NatsBus.connect({ url: nats.server.url, secret, name });
  opened.push(bus);
  return bus;
}

it('A server of several stops without a failed request: it answers what it took, the others take the rest', async () => {
  const caller = await open('caller');
  const [leaving, staying] = [await open('leaving'), await open('staying')];
  const answered = new Map([leaving, staying].map((bus) => [bus, 0]));
  for (const bus of [leaving, staying]) {
    const slowly = async (request: { text: string }) => {
      await new Promise((resolve) => setImmediate(resolve));
      answered.set(bus, answered.get(bus)! + 1);
      return request;
    };
    bus.serve(probe.echo, slowly, { queue });
    await subscribed(bus);
  }
  const call = (n: number) => caller.call(probe.echo, { text: String(n) }, { as: anyone });
  const first: Promise<unknown>[] = [];
  // Those of one turn may go to one server.
  while (first.length < 500) {
    first.push(call(first.length));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.race(first);
  const closed = leaving.close();
  const later = Array.from({ length: 500 }, (_, n) => call(n));
  await closed;
  expect(await Promise.all([...first, ...later])).toHaveLength(1_000);
  expect(answered.get(leaving)).toBeGreaterThan(0);
  expect(answered.get(leaving)! + answered.get(staying)!).toBe(1_000);
});

it('Replies travel under a prefix of the app, so that NATS can keep the others from listening', async () => {
  const replies: string[] = [];
  stranger.subscribe('rpc.probe.echo', { callback: (_error, { reply }) => void replies.push(reply ?? '') });
  await stranger.flush();
  const [caller, server] = [await open('the.caller'), await open('server')];
  server.serve(probe.echo, echo, { queue });
  await subscribed(server);
  await caller.call(probe.echo, { text: '' }, { as: anyone });
  await stranger.flush();
  expect(replies).toEqual([expect.stringMatching(/^_INBOX_the_caller\.\w+\.\w+$/)]);
});
