import { Counter, Histogram } from 'prom-client';
import { metrics } from '#telemetry/metrics.js';

const registers = [metrics];

const durations = new Histogram({
  name: 'db_operation_duration_seconds',
  help: 'Time from asking the pool for a connection to the last row, by the name of the statement',
  labelNames: ['operation'],
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers,
});

const errors = new Counter({
  name: 'db_operation_errors_total',
  help: 'Statements that failed, by their name',
  labelNames: ['operation'],
  registers,
});

/** By operation: looking labels up costs more than counting. */
const known = new Map<string, ReturnType<typeof durations.labels>>();

/** Runs a statement, or a step of a transaction, and notes how long it took and whether it failed. */
export async function timed<Result>(operation: string, run: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  try {
    return await run();
  } catch (error) {
    errors.inc({ operation });
    throw error;
  } finally {
    durationOf(operation).observe((performance.now() - start) / 1000);
  }
}

function durationOf(operation: string): ReturnType<typeof durations.labels> {
  const found = known.get(operation);
  if (found !== undefined) return found;
  const added = durations.labels({ operation });
  known.set(operation, added);
  return added;
}
