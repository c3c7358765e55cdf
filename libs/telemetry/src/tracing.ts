// Shown while nothing is traced, too.
import './span.metrics.js';
import { currentSpan, runUnder } from './current-span.js';
import type { RecordedSpan, Span, SpanStart } from './span.js';
import { tracerInUse, useTracer } from './tracer.js';

/** Turns tracing on for this process: traces that begin here are recorded with this probability. Answers what ends it. */
export async function startTracing(endpoint: string, service: string, ratio: number): Promise<() => Promise<void>> {
  // Nobody else pays for it, not even by loading it.
  const { OpenTelemetry } = await import('./open-telemetry.js');
  const tracer = new OpenTelemetry(endpoint, service, ratio);
  const leave = useTracer(tracer);
  return async () => {
    leave();
    await tracer.stop();
  };
}

export function isTracing(): boolean {
  return tracerInUse() !== undefined;
}

/** Whether a process of ours says so of its trace: to read the flag costs a tenth of reading all of it. */
export function isUnrecorded(traceparent = ''): boolean {
  return traceparent.endsWith('-00');
}

/** Undefined without tracing. Whoever tells of a trace that is not recorded is believed: nothing is recorded here. */
export function beginSpan(traceparent: string | undefined, start: () => SpanStart): Span | undefined {
  return tracerInUse()?.begin(traceparent, start);
}

/** Does the work in a span of its own, which ends with it. Without tracing it is the work alone. */
export function inSpan<Result>(
  start: SpanStart,
  work: (span: Span | undefined) => Promise<Result>,
  traceparent?: string,
): Promise<Result> {
  const span = beginSpan(traceparent, () => start);
  // Nine of ten go this way: no promise more for them.
  return span?.isRecorded === true ? record(span, work) : work(span);
}

/** Does as `inSpan` in the course of a recorded span; elsewhere it is the work alone. No trace begins with it. */
export function inChildSpan<Result>(start: SpanStart, work: () => Promise<Result>): Promise<Result> {
  return currentSpan() === undefined ? work() : inSpan(start, work);
}

/** Does what is done for several at once in the course of the first of their spans, and of no other one. */
export function onBehalfOf<Result>(spans: Iterable<RecordedSpan | undefined>, work: () => Result): Result {
  for (const span of spans) if (span !== undefined) return runUnder(span, work);
  return runUnder(undefined, work);
}

async function record<Result>(span: Span, work: (span: Span) => Promise<Result>): Promise<Result> {
  try {
    const result = await span.run(() => work(span));
    span.end(false);
    return result;
  } catch (error) {
    span.end(true);
    throw error;
  }
}
