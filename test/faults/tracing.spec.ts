import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Collector } from '#testing/collector.js';
import { eventually } from '#testing/eventually.js';
import { startSystem, type System } from '../e2e/system.js';
import { isNightly } from './nightly.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerSpan = 'b7ad6b7169203331';
/** What a batch of spans is waited for, and what else a stop may take on a busy machine. */
const [exportMs, stopMs] = [5_000, 10_000];
const [server, client] = [2, 3];

let collector: Collector;
let system: System;

beforeAll(async () => {
  collector = await Collector.start();
});
afterEach(() => system.kill());
afterAll(() => collector.stop());

async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const json = { 'content-type': 'application/json' };
  return fetch(system.url + path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
}

const topologies = isNightly ? (['standalone', 'distributed'] as const) : (['distributed'] as const);

describe.each(topologies)('A %s server that is started with a collector', (topology) => {
  it('sends it the spans of a traced request, each under its own, and stops in order when it hangs', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '0' };
    system = await startSystem({ topology, env });
    const account = { email: 'traced@example.com', username: 'traced', password: 'a long password' };
    const { token } = (await (await post('/api/auth/register', account)).json()) as { token: string };
    const send = (flag: string) =>
      post(
        '/api/messages',
        { chat_id: 1, content: 'traced' },
        { authorization: `Bearer ${token}`, traceparent: `00-${traceId}-${callerSpan}-${flag}` },
      );
    expect((await send('00')).status).toBe(201);
    expect((await send('01')).status).toBe(201);
    const names = ['POST /api/messages', 'message.send', 'message.flush'];
    const found = () => names.map((start) => collector.spans.find(({ name }) => name.startsWith(start)));
    await eventually(() => !found().includes(undefined), 'all have arrived');
    const [http, bus, sql] = found();
    const spans = collector.spans.splice(0);
    expect(http).toMatchObject({ traceId, parentSpanId: callerSpan, kind: server });
    expect(bus).toMatchObject({ traceId, parentSpanId: http?.spanId, kind: server });
    expect(sql).toMatchObject({ traceId, parentSpanId: bus?.spanId, kind: client });
    // Nothing of the caller who does not trace, nor of anybody else.
    expect(spans.filter(({ name }) => name === http?.name)).toHaveLength(1);
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));

    collector.isHanging = true;
    expect((await send('01')).status).toBe(201);
    const since = performance.now();
    expect(await system.stop()).toBe(0);
    expect(performance.now() - since).toBeLessThan(exportMs + stopMs);
    collector.isHanging = false;
  });
});
