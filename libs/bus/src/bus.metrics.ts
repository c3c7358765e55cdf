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

/** Makes a call and notes how long it took and how it ended. */
export async function timed<Result>(subject: string, call: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  let code = 'OK';
  try {
    return await call();
  } catch (error) {
    code = error instanceof FechatterError ? error.code : 'INTERNAL_ERROR';
    throw error;
  } finally {
    calls.observe({ subject, code }, (performance.now() - start) / 1000);
  }
}
