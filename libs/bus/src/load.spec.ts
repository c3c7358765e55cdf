import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FechatterError } from '#contracts/error.js';
import { configureLogging, Logger } from '#telemetry/logger.js';
import { metrics } from '#telemetry/metrics.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { anyone, echo, errorOf, holding, probe, subscribed, transports, type Transport } from './bus.fixture.js';
import type { Bus } from './bus.js';

const queue = 'probe';

beforeAll(() => configureLogging('silent', 'test'));

describe.each(transports)('$name under load', ({ start }) => {
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
    jest.restoreAllMocks();
    await server.close();
    await caller.close();
  });

  it('works on 2,000 requests of a queue and refuses the next at once, while other queues have room', async () => {
    const { release, handler } = holding();
    server.serve(probe.echo, handler, { queue });
    server.serve(probe.inner, echo, { queue: 'inner' });
    await subscribed(server);
    const calls = Array.from({ length: 2_000 }, (_, n) => caller.call(probe.echo, { text: String(n) }, { as: anyone }));
    const refusal = await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone }));
    expect(refusal).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
    expect(await caller.call(probe.inner, { text: 'room' }, { as: anyone })).toEqual({ text: 'room' });
    release();
    expect(await Promise.all(calls)).toHaveLength(2_000);
    expect(await caller.call(probe.echo, { text: 'room again' }, { as: anyone })).toEqual({ text: 'room again' });
  });

  it('drops events for a listener that does not keep up, counts them, and goes on when it does', async () => {
    const held = gate();
    let heard = 0;
    server.subscribe(probe.seen, '*', async () => {
      heard++;
      await held.opened;
    });
    await subscribed(server);
    const before = await dropped();
    for (let n = 0; n < 1_200; n++) caller.publish(probe.seen, { name: 1 }, { text: '' });
    await eventually(async () => (await dropped()) - before === 200);
    expect(heard).toBe(1_000);
    held.open();
    await eventually(async () => {
      caller.publish(probe.seen, { name: 1 }, { text: 'next' });
      return heard > 1_000;
    });
  });

  it('hands a listener that is quick a burst of any length', async () => {
    let heard = 0;
    server.subscribe(probe.seen, '*', () => void heard++);
    await subscribed(server);
    for (let n = 0; n < 5_000; n++) caller.publish(probe.seen, { name: 1 }, { text: '' });
    await eventually(() => heard === 5_000);
  });

  it('logs an unforeseen error under the request id of its call', async () => {
    const logged: unknown[] = [];
    const record = (...[, , fields]: Parameters<Logger['error']>) =>
      void logged.push((fields as { request_id?: string }).request_id);
    jest.spyOn(Logger.prototype, 'error').mockImplementation(record);
    const ids: string[] = [];
    const throwing = async (_request: unknown, { requestId }: { requestId: string }): Promise<never> => {
      ids.push(requestId);
      throw new Error('unforeseen');
    };
    server.serve(probe.echo, throwing, { queue });
    await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone }));
    expect(ids).toHaveLength(1);
    expect(logged).toEqual(ids);
  });

  it('measures every call by subject and outcome', async () => {
    server.serve(probe.echo, echo, { queue });
    await subscribed(server);
    const before = await counted('OK');
    await caller.call(probe.echo, { text: '' }, { as: anyone });
    await caller.relay(probe.echo, { text: '' }, { as: anyone });
    expect((await counted('OK')) - before).toBe(2);
  });

  it('measures calls without an answer apart from those that a service answers UNAVAILABLE', async () => {
    const busy = async (): Promise<never> => {
      throw new FechatterError('UNAVAILABLE', 'The database is busy.');
    };
    const held = gate();
    const ask = () => errorOf(caller.call(probe.echo, { text: '' }, { as: anyone, timeoutMs: 100 }));
    const outcomes = async () => ({ said: await counted('UNAVAILABLE'), silent: await counted('NO_ANSWER') });
    const before = await outcomes();
    const since = async () => {
      const { said, silent } = await outcomes();
      return { said: said - before.said, silent: silent - before.silent };
    };
    await ask();
    expect(await since()).toEqual({ said: 0, silent: 1 });
    const serving = server.serve(probe.echo, busy, { queue });
    await subscribed(server);
    await ask();
    expect(await since()).toEqual({ said: 1, silent: 1 });
    await serving.stop();
    server.serve(probe.echo, () => held.opened.then(() => ({ text: '' })), { queue });
    await subscribed(server);
    await ask();
    held.open();
    expect(await since()).toEqual({ said: 1, silent: 2 });
  });
});

async function dropped(): Promise<number> {
  return valueOf('fechatter_bus_dropped_events_total', { event: probe.seen.subject, reason: 'slow' });
}

async function counted(code: string): Promise<number> {
  const labels = { subject: probe.echo.subject, code };
  return valueOf('fechatter_bus_call_duration_seconds', labels, 'fechatter_bus_call_duration_seconds_count');
}

async function valueOf(name: string, labels: Record<string, string>, part?: string): Promise<number> {
  const { values } = (await metrics.getSingleMetric(name)!.get()) as {
    values: { labels: Record<string, string>; value: number; metricName?: string }[];
  };
  const fits = values.find(
    (entry) =>
      entry.metricName === part && Object.entries(labels).every(([label, value]) => entry.labels[label] === value),
  );
  return fits?.value ?? 0;
}
