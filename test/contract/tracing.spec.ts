import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startHouse, type House } from '#testing/app.js';
import { currentIds } from '#telemetry/tracer.js';
import { inSpan, startTracing } from '#telemetry/tracing.js';
import { eventually } from '#testing/eventually.js';
import { authApp } from '../../apps/auth/src/auth.app.js';
import { chatApp } from '../../apps/chat/src/chat.app.js';
import { gatewayApp } from '../../apps/gateway/src/gateway.app.js';
import { messageApp } from '../../apps/message/src/message.app.js';
import { dataSources } from '../../apps/standalone/src/data-sources.js';
import { World } from './costs/world.js';

interface Received {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

interface Body {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Received[] }[] }[];
}

const spans: Received[] = [];
let raw = '';
let collector: Server;
let house: House;
let world: World;
let endTracing: () => Promise<void>;

/** A collector as OTLP over HTTP describes it. */
function startCollector(): Server {
  return createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      raw += body;
      const { resourceSpans } = JSON.parse(body) as Body;
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
}

beforeAll(async () => {
  collector = startCollector().listen(0, '127.0.0.1');
  await once(collector, 'listening');
  endTracing = await startTracing(`http://127.0.0.1:${(collector.address() as AddressInfo).port}`, 'test', 0);
  house = await startHouse({ apps: [messageApp, chatApp, authApp, gatewayApp], dataSources });
  world = await World.build(house.url);
}, 60_000);

afterAll(async () => {
  await house.close();
  await endTracing();
  collector.close();
});

it('follows a message from the request of a caller who traces over the bus into SQL, without its text', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const response = await fetch(`${house.url}/api/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${world.owner.token}`,
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    },
    body: JSON.stringify({ chat_id: world.general, content: 'a secret that no trace tells' }),
  });
  expect(response.status).toBe(201);
  const found = (name: string) => spans.find((span) => span.name === name);
  await eventually(() => found('POST /api/messages'));
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const [http, bus, sql] = ['POST /api/messages', 'message.send', 'message.flush_alone'].map(found);
  expect(http).toMatchObject({ parentSpanId: 'b7ad6b7169203331', kind: 2 });
  expect(bus).toMatchObject({ parentSpanId: http?.spanId, kind: 2 });
  expect(sql).toMatchObject({ parentSpanId: bus?.spanId, kind: 3 });
  for (const { startTimeUnixNano, endTimeUnixNano } of spans)
    expect(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano)).toBe(true);
  expect(raw).not.toContain('a secret');
});

it('records nothing of callers who do not trace, with a share of 0', async () => {
  const before = spans.length;
  await world.message();
  await inSpan({ name: 'not sampled', kind: 'internal' }, async () => undefined);
  const traced = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` };
  await inSpan({ name: 'marker', kind: 'internal', ...traced }, async () => undefined);
  await eventually(() => spans.at(-1)?.name === 'marker');
  expect(spans.slice(before).map(({ name }) => name)).toEqual(['marker']);
});

it('gives the lines of the log the ids of the span in progress', async () => {
  expect(currentIds()).toEqual({});
  const ids = await inSpan({ name: 'work', kind: 'internal' }, async () => currentIds());
  expect(ids).toEqual({
    trace_id: expect.stringMatching(/^[\da-f]{32}$/),
    span_id: expect.stringMatching(/^[\da-f]{16}$/),
  });
});
