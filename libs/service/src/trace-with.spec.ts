import { expect, it } from '@jest/globals';
import { Collector } from '#testing/collector.js';
import { isTracing } from '#telemetry/tracing.js';
import { Lifetime } from './lifetime.js';
import { traceWith } from './trace-with.js';

it('traces a process where a collector is named, and no other one', async () => {
  const closers: (() => Promise<void>)[] = [];
  const lifetime = Object.assign(new Lifetime(1_000), { onEnd: (close: () => Promise<void>) => closers.push(close) });
  const share = { OTEL_TRACES_SAMPLER_ARG: 1 };
  await traceWith({ ...share, OTEL_EXPORTER_OTLP_ENDPOINT: undefined }, 'test', lifetime);
  expect([isTracing(), closers.length]).toEqual([false, 0]);
  const collector = await Collector.start();
  await traceWith({ ...share, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, 'test', lifetime);
  expect([isTracing(), closers.length]).toEqual([true, 1]);
  for (const close of closers) await close();
  expect(isTracing()).toBe(false);
  await collector.stop();
});
