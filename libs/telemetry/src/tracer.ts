import { followPromises } from './current-span.js';
import type { Span, SpanStart } from './span.js';

/** What traces a process. */
export interface Tracer {
  /** Under `traceparent`, else under the span in progress; else it begins a trace. `start` is only asked when recorded. */
  begin(traceparent: string | undefined, start: () => SpanStart): Span;
}

let inUse: Tracer | undefined;

/** Uses a tracer; answers what ends that. */
export function useTracer(tracer: Tracer): () => void {
  inUse = tracer;
  const leavePromises = followPromises();
  return () => {
    leavePromises();
    if (inUse === tracer) inUse = undefined;
  };
}

/** Undefined while tracing is off. */
export function tracerInUse(): Tracer | undefined {
  return inUse;
}
