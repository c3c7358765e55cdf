import { Counter, Histogram } from 'prom-client';
import { FechatterError } from '#contracts/error.js';
import { metrics } from '#telemetry/metrics.js';

const registers = [metrics];

const calls = new Histogram({
  name: 'fechatter_bus_call_duration_seconds',
  help: 'Time from a call to its answer, as its caller sees it',
  labelNames: ['subject', 'code'],
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers,
});

export const failedEvents = new Counter({
  name: 'fechatter_bus_failed_events_total',
  help: 'Events whose listener threw',
  labelNames: ['event'],
  registers,
});

export const droppedEvents = new Counter({
  name: 'fechatter_bus_dropped_events_total',
  help: 'Events that were not sent or not heard: no connection, too large, or a listener that does not keep up',
  labelNames: ['event', 'reason'],
  registers,
});

/** Of calls that succeeded, by subject: looking labels up costs more than counting. */
const succeeded = new Map<string, ReturnType<typeof calls.labels>>();

/** Makes a call and notes how long it took and how it ended. */
export async function timed<Result>(subject: string, call: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  try {
    const result = await call();
    successesOf(subject).observe((performance.now() - start) / 1000);
    return result;
  } catch (error) {
    const code = error instanceof FechatterError ? error.code : 'INTERNAL_ERROR';
    calls.observe({ subject, code }, (performance.now() - start) / 1000);
    throw error;
  }
}

function successesOf(subject: string): ReturnType<typeof calls.labels> {
  const known = succeeded.get(subject);
  if (known !== undefined) return known;
  const added = calls.labels({ subject, code: 'OK' });
  succeeded.set(subject, added);
  return added;
}
