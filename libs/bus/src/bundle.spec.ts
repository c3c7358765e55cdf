import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { connect, headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { FechatterError } from '#contracts/error.js';
import { configureLogging } from '#telemetry/logger.js';
import { anyone, echo, errorOf, holding, probe, secret, startTestNats, subscribed } from './bus.fixture.js';
import type { RpcHandler } from './bus.js';
import { cut } from './bundle.js';
import { Encoded } from './encoded.js';
import { NatsBus } from './nats-bus.js';
import { maxPayloadBytes } from './payload.js';

const queue = 'probe';
let nats: Awaited<ReturnType<typeof startTestNats>>;
let caller: NatsBus;
let server: NatsBus;
let stranger: NatsConnection;
/** What went over the wire for `probe.…`, and what was answered to callers. */
let requests: Msg[];
let answers: Msg[];

beforeAll(async () => {
  configureLogging('silent', 'test');
  nats = await startTestNats();
});
afterAll(() => nats.remove());
beforeEach(async () => {
  const open = (name: string) => NatsBus.connect({ url: nats.server.url, secret, name });
  [caller, server] = await Promise.all([open('caller'), open('server')]);
  stranger = await connect({ servers: nats.server.url });
});
afterEach(async () => {
  await Promise.all([server.close(), caller.close()]);
  await stranger.close();
});

async function serve(handler: RpcHandler<typeof probe.echo>): Promise<void> {
  server.serve(probe.echo, handler, { queue });
  await subscribed(server);
  [requests, answers] = [[], []];
  stranger.subscribe('rpc.probe.echo', { callback: (_error, message) => void requests.push(message) });
  stranger.subscribe('_INBOX_caller.>', { callback: (_error, message) => void answers.push(message) });
  await stranger.flush();
}

/** A lone request leaves at once: only after a crowd does the first of the next wait for the others. */
async function afterCrowd(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await Promise.all(['x', 'y', 'z'].map(call));
  await stranger.flush();
  [requests, answers] = [[], []];
}

const call = (text: string) => caller.call(probe.echo, { text }, { as: anyone });

it('What one turn asks of a subject goes and comes back in one message, and everyone gets their own', async () => {
  await serve(async ({ text }) => {
    if (text === 'bad') throw new FechatterError('CONFLICT', 'Not that one.');
    return { text };
  });
  await afterCrowd();
  const [a, bad, ä] = await Promise.all([call('a'), errorOf(call('bad')), call('ä')]);
  expect([a, ä]).toEqual([{ text: 'a' }, { text: 'ä' }]);
  expect(bad).toMatchObject({ code: 'CONFLICT', message: 'Not that one.' });
  await stranger.flush();
  expect(requests.map((message) => message.string())).toEqual(['{"text":"a"}{"text":"bad"}{"text":"ä"}']);
  expect(answers).toHaveLength(1);
  await call('alone');
  await stranger.flush();
  expect(requests[1]?.headers?.keys()).toContain('Fechatter-Caller');
});

it('Bytes that several have asked for travel once', async () => {
  const page = new Encoded(Buffer.from(JSON.stringify({ text: 'x'.repeat(1_000) })));
  await serve(async () => page);
  await afterCrowd();
  const all = await Promise.all(['a', 'b', 'c'].map(call));
  expect(all.map(({ text }) => text.length)).toEqual([1_000, 1_000, 1_000]);
  await stranger.flush();
  expect(answers.map(({ data }) => data.length)).toEqual([page.bytes.length]);
});

it('Nobody waits for an answer that takes longer than theirs', async () => {
  const { release, handler } = holding();
  await serve(async (request) => (request.text === 'slow' ? handler(request) : echo(request)));
  const slow = call('slow');
  expect(await call('quick')).toEqual({ text: 'quick' });
  release();
  expect(await slow).toEqual({ text: 'slow' });
});

it('All of a message that meets nobody are tried again', async () => {
  await serve(echo);
  await afterCrowd();
  const early = Promise.all(['a', 'b'].map((text) => caller.call(probe.unserved, { text }, { as: anyone })));
  // NATS has said that nobody is there once it has carried what the same connection sent later.
  await call('later');
  server.serve(probe.unserved, echo, { queue });
  expect(await early).toEqual([{ text: 'a' }, { text: 'b' }]);
});

it.each(['nonsense', '[{}]', '[{"at":0,"bytes":99,"reply":"1","caller":"","deadline":1,"request_id":""}]'])(
  'A message whose requests cannot be told apart is a BAD_REQUEST: %s',
  async (index) => {
    await serve(echo);
    const bundle = headers();
    bundle.set('Fechatter-Requests', index);
    const reply = await stranger.request('rpc.probe.echo', '{}', { headers: bundle, timeout: 5_000 });
    expect(reply.json()).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await call('on')).toEqual({ text: 'on' });
  },
);

it('A message holds no more than NATS carries, and no more than 128 requests', () => {
  const sizes = (parts: readonly number[]) => cut(parts, (bytes) => bytes).map((message) => message.length);
  expect(sizes([])).toEqual([]);
  expect(sizes([maxPayloadBytes, 1, 1])).toEqual([1, 2]);
  expect(sizes([maxPayloadBytes / 2, maxPayloadBytes / 2])).toEqual([1, 1]);
  expect(sizes(new Array<number>(300).fill(1))).toEqual([128, 128, 44]);
});
