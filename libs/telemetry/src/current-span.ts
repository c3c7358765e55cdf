import { promiseHooks } from 'node:v8';
import type { RecordedSpan } from './span.js';

/** Where a promise keeps the span in whose course it was made. */
const span = Symbol('span');

type Made = Promise<unknown> & { [span]?: RecordedSpan };

let current: RecordedSpan | undefined;

/**
 * The span in whose course this code runs. Follows promises, and nothing else: what a timer, an event or a queue calls
 * has none until it is given one.
 */
export function currentSpan(): RecordedSpan | undefined {
  return current;
}

/** Does the work, and all that it awaits, in the course of this span, or of none. */
export function runUnder<Result>(given: RecordedSpan | undefined, work: () => Result): Result {
  const outer = current;
  current = given;
  try {
    return work();
  } finally {
    current = outer;
  }
}

/** Begins to follow promises; answers what ends it. Those of unrecorded work are left as they are. */
export function followPromises(): () => void {
  const leave = promiseHooks.createHook({
    init: (promise: Made) => {
      if (current !== undefined) promise[span] = current;
    },
    before: (promise: Made) => {
      current = promise[span];
    },
    after: () => {
      current = undefined;
    },
  }) as () => void;
  return () => {
    leave();
    current = undefined;
  };
}

/** For the lines of the log. */
export function currentIds(): object {
  return current === undefined ? {} : { trace_id: current.traceId, span_id: current.spanId };
}
