import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startHouse, type House } from '#testing/app.js';
import { currentIds } from '#telemetry/current-span.js';
import { inSpan, startTracing } from '#telemetry/tracing.js';
import { Collector } from '#testing/collector.js';
import { eventually } from '#testing/eventually.js';
import { upTo } from '#testing/range.js';
import { authApp } from '../../apps/auth/src/auth.app.js';
import { chatApp } from '../../apps/chat/src/chat.app.js';
import { gatewayApp } from '../../apps/gateway/src/gateway.app.js';
import { messageApp } from '../../apps/message/src/message.app.js';
import { dataSources } from '../../apps/standalone/src/data-sources.js';
import { World } from './costs/world.js';

let collector: Collector;
let house: House;
let world: World;
let endTracing: () => Promise<void>;

function trace(share: number): Promise<() => Promise<void>> {
  return startTracing(collector.url, 'test', share);
}

beforeAll(async () => {
  collector = await Collector.start();
  endTracing = await trace(0);
  house = await startHouse({ apps: [messageApp, chatApp, authApp, gatewayApp], dataSources });
  world = await World.build(house.url);
}, 60_000);

afterAll(async () => {
  await house.close();
  await endTracing();
  await collector.stop();
});

/** A message of the owner's. */
async function send(content: string, traceparent: string): Promise<void> {
  await post('/api/messages', { chat_id: world.general, content }, traceparent);
}

async function post(path: string, body: object, traceparent: string): Promise<void> {
  const response = await fetch(house.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${world.owner.token}`, traceparent },
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
}

/** The names of what is recorded from now on, up to a span of our own. */
async function recordedDuring(work: () => Promise<unknown>): Promise<string[]> {
  const before = collector.spans.length;
  await work();
  const marker = `marker ${before}`;
  await inSpan({ name: marker, kind: 'internal' }, async () => undefined, recorded(1));
  await eventually(() => collector.spans.some(({ name }) => name === marker));
  return collector.spans.slice(before).flatMap(({ name }) => (name === marker ? [] : [name]));
}

/** A caller of its own for each number. */
function recorded(number: number): string {
  return `00-${traceIdOf(number)}-${'2'.repeat(16)}-01`;
}

function traceIdOf(number: number): string {
  return String(number).padStart(32, 'a');
}

it('follows a message from the request of a caller who traces over the bus into SQL, without its text', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await send('a secret that no trace tells', `00-${traceId}-b7ad6b7169203331-01`);
  const found = (name: string) => collector.spans.find((span) => span.name === name);
  await eventually(() => found('POST /api/messages'));
  expect(new Set(collector.spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const [http, bus, sql] = ['POST /api/messages', 'message.send', 'message.flush_alone'].map(found);
  expect(http).toMatchObject({ parentSpanId: 'b7ad6b7169203331', kind: 2 });
  expect(bus).toMatchObject({ parentSpanId: http?.spanId, kind: 2 });
  expect(sql).toMatchObject({ parentSpanId: bus?.spanId, kind: 3 });
  for (const { startTimeUnixNano, endTimeUnixNano } of collector.spans)
    expect(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano)).toBe(true);
  expect(collector.bodies.join('')).not.toContain('a secret');
});

it('keeps apart what is sent at once: each trace has what belongs to its message, and nothing else', async () => {
  const before = collector.spans.length;
  const numbers = upTo(40);
  const isRecorded = (number: number) => number % 2 === 0;
  await Promise.all(
    numbers.map((number) => send(`message ${number}`, recorded(number).slice(0, -1) + (isRecorded(number) ? 1 : 0))),
  );
  const of = (number: number) => collector.spans.slice(before).filter(({ traceId }) => traceId === traceIdOf(number));
  const isWhole = (number: number) => of(number).some(({ name }) => name === 'POST /api/messages');
  await eventually(() => numbers.filter(isRecorded).every(isWhole));
  for (const number of numbers) {
    const own = of(number);
    const named = (start: string) => own.filter(({ name }) => name.startsWith(start));
    if (!isRecorded(number)) expect(own).toEqual([]);
    else {
      const [[http], [bus]] = [named('POST '), named('message.send')];
      expect([named('POST ').length, named('message.send').length]).toEqual([1, 1]);
      expect([http?.parentSpanId, bus?.parentSpanId]).toEqual(['2'.repeat(16), http?.spanId]);
      // Of those who share a flush one has it.
      expect(named('message.flush').length).toBeLessThanOrEqual(1);
      for (const flush of named('message.flush')) expect(flush.parentSpanId).toBe(bus?.spanId);
    }
  }
});

it('records nothing of callers who do not trace, with a share of 0', async () => {
  const names = await recordedDuring(async () => {
    await world.message();
    await inSpan({ name: 'not sampled', kind: 'internal' }, async () => undefined);
  });
  expect(names).toEqual([]);
});

it('records nothing of callers who say so, with a share of 1, nor of the operations of their batches', async () => {
  await endTracing();
  endTracing = await trace(1);
  try {
    const not = recorded(1).replace(/1$/, '0');
    const names = await recordedDuring(async () => {
      await send('not to be seen', not);
      await post('/api/batch', { operations: [{ method: 'GET', path: '/api/users/me' }] }, not);
    });
    // Work in the background goes on.
    expect(names.filter((name) => /^(GET|POST) |^message\.(send|flush)|^user\.me/.test(name))).toEqual([]);
  } finally {
    await endTracing();
    endTracing = await trace(0);
  }
});

it('gives the lines of the log the ids of the recorded span in progress, also after a wait', async () => {
  expect(currentIds()).toEqual({});
  const work = async () => {
    await new Promise(setImmediate);
    return currentIds();
  };
  const ids = await inSpan({ name: 'work', kind: 'internal' }, work, recorded(1));
  expect(ids).toEqual({ trace_id: traceIdOf(1), span_id: expect.stringMatching(/^[\da-f]{16}$/) });
  expect(await inSpan({ name: 'work', kind: 'internal' }, work)).toEqual({});
});
