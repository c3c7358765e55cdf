import type { AsyncLocalStorage } from 'node:async_hooks';
import type { SpanContext } from './trace-context.js';

let storage: AsyncLocalStorage<SpanContext> | undefined;

/** Where the span in progress is kept; undefined while tracing is off, as it hooks into every promise. */
export function keepSpansIn(given: AsyncLocalStorage<SpanContext> | undefined): void {
  storage = given;
}

/** The span in whose course something is done. */
export function currentSpan(): SpanContext | undefined {
  return storage?.getStore();
}

/** For the lines of the log. */
export function currentIds(): object {
  const context = currentSpan();
  return context === undefined ? {} : { trace_id: context.traceId, span_id: context.spanId };
}
