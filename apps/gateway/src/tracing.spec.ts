import { once } from 'node:events';
import { request, type ClientRequest } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { startTracing } from '#telemetry/tracing.js';
import { Collector } from '#testing/collector.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { startGateway, type TestGateway } from './gateway.fixture.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

let collector: Collector;
let endTracing: () => Promise<void>;
let gateway: TestGateway;

beforeAll(async () => {
  collector = await Collector.start();
  endTracing = await startTracing(collector.url, 'test', 0);
  gateway = await startGateway();
});
afterAll(async () => {
  await gateway.close();
  await endTracing();
  await collector.stop();
});

/** A recorded request. */
function ask(path: string): ClientRequest {
  const headers = { traceparent, authorization: `Bearer ${gateway.token}` };
  const client = request(gateway.url + path, { headers }).end();
  return client.on('error', () => undefined);
}

async function statusOf(name: string): Promise<string | undefined> {
  const span = await eventually(() => collector.spans.find((each) => each.name === name), `${name} has ended`);
  return span.attributes.find(({ key }) => key === 'http.response.status_code')?.value.stringValue;
}

it('ends the span of a request that its caller gives up', async () => {
  const [asked, answered] = [gate(), gate()];
  gateway.bus.serve(
    workspaceRpc.list,
    async () => {
      asked.open();
      await answered.opened;
      return { workspaces: [] };
    },
    { queue: 'chat' },
  );
  const client = ask('/api/workspaces');
  await asked.opened;
  client.destroy();
  expect(await statusOf('GET /api/workspaces')).toBe('499');
  answered.open();
});

it('ends the span of a stream of events with it', async () => {
  const client = ask('/api/events');
  await once(client, 'response');
  client.destroy();
  expect(await statusOf('GET /api/events')).toBe('200');
});
