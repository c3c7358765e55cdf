import { Counter } from 'prom-client';
import { FechatterError } from '#contracts/error.js';
import { Durations, type Tally } from '#telemetry/durations.js';
import { isMeasuring, metrics } from '#telemetry/metrics.js';
import { NoAnswer } from './no-answer.js';

const registers = [metrics];

const calls = new Durations(
  metrics,
  'fechatter_bus_call_duration_seconds',
  'Time from a call to its answer, as its caller sees it',
);

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

/** Of calls that succeeded, by subject, and of those that failed, by subject and code. */
const succeeded = new Map<string, Tally>();
const failed = new Map<string, Tally>();

/** Makes a call and notes how long it took and how it ended. It looks on: whoever called waits for the call alone. */
export function timed<Result>(subject: string, call: () => Promise<Result>): Promise<Result> {
  if (!isMeasuring()) return begin(call);
  const start = performance.now();
  const note = (tally: Tally) => tally.note((performance.now() - start) / 1000);
  const work = begin(call);
  work.then(
    () => note(tallyOf(succeeded, subject, subject, 'OK')),
    (error: unknown) => {
      const code = codeOf(error);
      note(tallyOf(failed, `${subject} ${code}`, subject, code));
    },
  );
  return work;
}

/** What is refused before it begins rejects as well. */
function begin<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return call();
  } catch (error) {
    if (error instanceof Error) return Promise.reject(error);
    throw error;
  }
}

/** A service that is not there or hangs is another trouble than one that answers UNAVAILABLE. */
export const noAnswerCode = 'NO_ANSWER';

function codeOf(error: unknown): string {
  if (error instanceof NoAnswer) return noAnswerCode;
  return error instanceof FechatterError ? error.code : 'INTERNAL_ERROR';
}

function tallyOf(known: Map<string, Tally>, key: string, subject: string, code: string): Tally {
  const found = known.get(key);
  if (found !== undefined) return found;
  const added = calls.tally({ subject, code });
  known.set(key, added);
  return added;
}
