import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { connect, type Msg, type NatsConnection } from '@nats-io/transport-node';
import type { RequestOf } from '#contracts/contract.js';
import { configureLogging } from '#telemetry/logger.js';
import { inSpan, startTracing } from '#telemetry/tracing.js';
import { Collector } from '#testing/collector.js';
import { eventually } from '#testing/eventually.js';
import { upTo } from '#testing/range.js';
import { anyone, errorOf, probe, secret, startTestNats, subscribed } from './bus.fixture.js';
import type { CallContext } from './bus.js';
import { Handle } from './handle.js';
import { NatsBus } from './nats-bus.js';
import { RpcServer } from './rpc-server.js';

type Text = RequestOf<typeof probe.echo>;

class ProbeController {
  constructor(private readonly bus: NatsBus) {}

  @Handle(probe.echo)
  echo(request: Text, within: CallContext): Promise<Text> {
    return this.bus.call(probe.inner, request, { within });
  }

  @Handle(probe.inner)
  async inner(request: Text): Promise<Text> {
    await new Promise(setImmediate);
    if (request.text === 'fail') throw new Error('nobody had foreseen it');
    return request;
  }
}

let lines: string[];
let collector: Collector;
let endTracing: () => Promise<void>;
let nats: Awaited<ReturnType<typeof startTestNats>>;
let caller: NatsBus;
let server: NatsBus;
let stranger: NatsConnection;
/** What went over the wire. */
let requests: Msg[];

beforeAll(async () => {
  collector = await Collector.start();
  nats = await startTestNats();
});
afterAll(async () => {
  await collector.stop();
  await nats.remove();
});
beforeEach(async () => {
  lines = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    lines.push(chunk.toString());
    done();
  };
  configureLogging('error', 'test', new Writable({ write }));
  endTracing = await startTracing(collector.url, 'test', 0);
  const open = (name: string) => NatsBus.connect({ url: nats.server.url, secret, name });
  [caller, server] = await Promise.all([open('caller'), open('server')]);
  stranger = await connect({ servers: nats.server.url });
  new RpcServer(server, { queue: 'probe', validateReplies: false }).serve([new ProbeController(server)]);
  await subscribed(server);
  requests = [];
  stranger.subscribe('rpc.probe.*', { callback: (_error, message) => void requests.push(message) });
  await stranger.flush();
});
afterEach(async () => {
  await Promise.all([server.close(), caller.close()]);
  await stranger.close();
  await endTracing();
  configureLogging('silent', 'test');
});

/** The context of somebody who traces, or says that he does not; each number is a trace of its own. */
function contextOf(number: number, flag: '00' | '01'): string {
  return `00-${traceIdOf(number)}-${'2'.repeat(16)}-${flag}`;
}

function traceIdOf(number: number): string {
  return String(number).padStart(32, 'a');
}

/** A call in the course of a span of its own under this context. */
function call(text: string, given: string): Promise<Text> {
  const ask = () => caller.call(probe.echo, { text }, { as: anyone });
  return inSpan({ name: 'caller', kind: 'internal' }, ask, given);
}

/** Of each trace: who is whose parent, once all that was recorded has come. */
async function trees(numbers: readonly number[]): Promise<Map<number, string[]>> {
  const of = (number: number) => collector.spans.filter(({ traceId }) => traceId === traceIdOf(number));
  await endTracing();
  const nameOf = (id: string | undefined) => collector.spans.find(({ spanId }) => spanId === id)?.name ?? 'elsewhere';
  return new Map(
    numbers.map((number) => [
      number,
      of(number)
        .map(({ name, parentSpanId }) => `${name} under ${nameOf(parentSpanId)}`)
        .sort(),
    ]),
  );
}

const whole = ['caller under elsewhere', 'probe.echo under caller', 'probe.inner under probe.echo'];

it('A recorded trace goes over the wire in `traceparent`: the span of the service has that of its caller as parent', async () => {
  await call('x', contextOf(1, '01'));
  expect(await trees([1])).toEqual(new Map([[1, whole]]));
  await stranger.flush();
  const told = requests.map(({ headers }) => headers?.get('traceparent'));
  const [caller_, echo] = ['caller', 'probe.echo'].map(
    (wanted) => collector.spans.find(({ name }) => name === wanted)?.spanId,
  );
  expect(told).toEqual([caller_, echo].map((id) => `00-${traceIdOf(1)}-${id}-01`));
});

it('A trace that its caller does not record is recorded nowhere, and goes on as such', async () => {
  const given = contextOf(2, '00');
  const within: CallContext = { caller: anyone, requestId: 'r', deadline: Date.now() + 5_000, traceparent: given };
  await caller.call(probe.echo, { text: 'x' }, { within });
  await stranger.flush();
  expect(requests.map(({ headers }) => headers?.get('traceparent'))).toEqual([given, given]);
  expect(await trees([2])).toEqual(new Map([[2, []]]));
});

it('Requests that share a message keep their traces apart', async () => {
  const numbers = upTo(40).map((number) => 100 + number);
  const flagOf = (number: number) => (number % 2 === 0 ? '01' : '00');
  await Promise.all(numbers.map((number) => call(String(number), contextOf(number, flagOf(number)))));
  await stranger.flush();
  expect(requests.some(({ headers }) => headers?.has('Fechatter-Requests'))).toBe(true);
  const expected = numbers.map((number) => [number, flagOf(number) === '01' ? whole : []] as const);
  expect(await trees(numbers)).toEqual(new Map(expected));
});

it('The line of a handler that failed carries the ids of its span', async () => {
  await errorOf(call('fail', contextOf(3, '01')));
  await trees([3]);
  await eventually(() => lines.length > 0);
  const failing = collector.spans.find(({ traceId, name }) => traceId === traceIdOf(3) && name === 'probe.inner');
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({
      message: 'A handler failed',
      subject: 'probe.inner',
      trace_id: traceIdOf(3),
      span_id: failing?.spanId,
    }),
  ]);
});
