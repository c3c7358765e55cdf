import { Counter } from 'prom-client';
import { Durations, type Tally } from '#telemetry/durations.js';
import { isMeasuring, metrics } from '#telemetry/metrics.js';

const durations = new Durations(
  metrics,
  'db_operation_duration_seconds',
  'Time from asking the pool for a connection to the last row, by the name of the statement',
);

const errors = new Counter({
  name: 'db_operation_errors_total',
  help: 'Statements that failed, by their name',
  labelNames: ['operation'],
  registers: [metrics],
});

const known = new Map<string, Tally>();

/** Runs a statement, or a step of a transaction, and notes how long it took and whether it failed. */
export function timed<Result>(operation: string, run: () => Promise<Result>): Promise<Result> {
  return isMeasuring() ? measured(operation, run) : run();
}

async function measured<Result>(operation: string, run: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  try {
    return await run();
  } catch (error) {
    errors.inc({ operation });
    throw error;
  } finally {
    tallyOf(operation).note((performance.now() - start) / 1000);
  }
}

function tallyOf(operation: string): Tally {
  const found = known.get(operation);
  if (found !== undefined) return found;
  const added = durations.tally({ operation });
  known.set(operation, added);
  return added;
}
