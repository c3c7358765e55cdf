// Shown while nothing is traced, too.
import './span.metrics.js';
import { tracerInUse, useTracer, type Span, type SpanStart } from './tracer.js';

/** Turns tracing on for this process: traces that begin here are recorded with this probability. Answers what ends it. */
export async function startTracing(endpoint: string, service: string, ratio: number): Promise<() => Promise<void>> {
  // Nobody else pays for it, not even by loading it.
  const { OpenTelemetry } = await import('./open-telemetry.js');
  const tracer = new OpenTelemetry(endpoint, service, ratio);
  useTracer(tracer);
  return async () => {
    if (tracerInUse() === tracer) useTracer(undefined);
    await tracer.stop();
  };
}

export function isTracing(): boolean {
  return tracerInUse() !== undefined;
}

/** The span in progress, for what is sent to other processes. */
export function currentTraceparent(): string | undefined {
  const span = tracerInUse()?.current;
  return span && `00-${span.traceId}-${span.spanId}-0${span.traceFlags & 1}`;
}

/** Does the work in a span of its own, which ends with it. Without tracing it is the work alone. */
export async function inSpan<Result>(start: SpanStart, work: () => Promise<Result>): Promise<Result> {
  const span = beginSpan(start);
  if (span === undefined) return work();
  try {
    const result = await span.run(work);
    span.end(false);
    return result;
  } catch (error) {
    span.end(true);
    throw error;
  }
}

/** Undefined without tracing. */
export function beginSpan(start: SpanStart): Span | undefined {
  return tracerInUse()?.begin(start);
}
