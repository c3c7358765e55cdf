import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { configureLogging } from './logger.js';
import { metrics } from './metrics.js';
import { currentSpan } from './current-span.js';
import { inSpan, startTracing } from './tracing.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

let collector: Server;
/** What the collector answers; while it hangs, nothing. */
let status: number | undefined;
/** What came with the last request. */
let told: IncomingHttpHeaders;
let stop: () => Promise<void>;

beforeEach(async () => {
  configureLogging('silent', 'test');
  status = 200;
  collector = createServer(({ headers }, response) => {
    told = headers;
    if (status !== undefined) response.writeHead(status).end('{}');
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
});
afterEach(async () => {
  await stop();
  collector.closeAllConnections();
  collector.close();
});

async function trace(share: number): Promise<void> {
  stop = await startTracing(`http://127.0.0.1:${(collector.address() as AddressInfo).port}`, 'test', share);
}

/** What a span that begins under `traceparent` tells other processes. */
function passedOn(traceparent?: string): Promise<string | undefined> {
  return inSpan({ name: 'work', kind: 'internal' }, async (span) => span?.traceparent, traceparent);
}

async function dropped(): Promise<number> {
  return Number(/^fechatter_spans_dropped_total (\d+)$/m.exec(await metrics.metrics())?.[1]);
}

describe('A trace context', () => {
  it.each([1, 0])('that begins here is recorded or not as its share of %d says', async (share) => {
    await trace(share);
    expect(await passedOn()).toMatch(new RegExp(`^00-[\\da-f]{32}-[\\da-f]{16}-0${share}$`));
  });

  it('keeps trace and decision under a caller, also of a later version of the format, whatever the share', async () => {
    await trace(1);
    for (const given of [`00-${traceId}-${spanId}-00`, `01-${traceId}-${spanId}-00-more`]) {
      const passed = await passedOn(given);
      expect(passed).toBe(`00-${traceId}-${spanId}-00`);
    }
  });

  it.each([
    '',
    'nonsense',
    `00-${traceId}-${spanId}`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
  ])('%j is none', async (header) => {
    await trace(0);
    expect(await passedOn(header)).not.toContain(traceId);
    expect(await passedOn(header)).toMatch(/-00$/);
  });

  it('is that of the span in progress, and none outside of it', async () => {
    await trace(1);
    const [outer, inner] = await inSpan({ name: 'outer', kind: 'internal' }, async () => [
      currentSpan()?.traceparent,
      await passedOn(),
    ]);
    expect(inner?.slice(0, 35)).toBe(outer?.slice(0, 35));
    expect(inner).not.toBe(outer);
    expect(outer).toMatch(/-01$/);
    expect(currentSpan()).toBeUndefined();
  });
});

describe('A collector', () => {
  it('is sent the headers that OTEL_EXPORTER_OTLP_HEADERS names', async () => {
    process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'x-team=chat,authorization=Basic%20YTpi';
    try {
      await trace(1);
    } finally {
      delete process.env['OTEL_EXPORTER_OTLP_HEADERS'];
    }
    await passedOn();
    await stop();
    expect(told).toMatchObject({ 'x-team': 'chat', authorization: 'Basic YTpi' });
  });

  it('that refuses costs spans, which are counted, and neither the work nor the stop', async () => {
    await trace(1);
    status = 400;
    const before = await dropped();
    expect(await passedOn()).toBeDefined();
    await stop();
    expect(await dropped()).toBe(before + 1);
  });

  it('that hangs for good holds a stop up for five seconds, however much waits, and costs the spans', async () => {
    await trace(1);
    status = undefined;
    const before = await dropped();
    for (let count = 0; count < 2_000; count++) await passedOn();
    const since = performance.now();
    await stop();
    // Four batches; one after the other they would take twenty.
    expect(performance.now() - since).toBeLessThan(10_000);
    expect(await dropped()).toBe(before + 2_000);
  });

  it('that hangs is kept a bounded number of spans, and gets them when it answers', async () => {
    await trace(1);
    status = undefined;
    const before = await dropped();
    const request = once(collector, 'request');
    for (let count = 0; count < 5_000; count++) await passedOn();
    await request;
    expect(await dropped()).toBe(before + 5_000 - 4_096);
    status = 200;
    collector.closeAllConnections();
    await stop();
    expect(await dropped()).toBe(before + 5_000 - 4_096);
  });
});
