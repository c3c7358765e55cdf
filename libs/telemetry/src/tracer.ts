import type { SpanContext } from '@opentelemetry/api';

/** How a span begins. Names and attributes are bounded, never what people wrote. */
export interface SpanStart {
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client';
  readonly attributes?: Readonly<Record<string, string>>;
  /** What another process says of its span; the span in progress here unless given. */
  readonly traceparent?: string | undefined;
}

/** A span that whoever began it ends. */
export interface Span {
  run<Result>(work: () => Result): Result;
  end(isFailed: boolean, attributes?: Readonly<Record<string, string>>): void;
}

/** What traces a process. */
export interface Tracer {
  /** Of the span in whose course something is done. */
  readonly current: SpanContext | undefined;
  begin(start: SpanStart): Span;
}

let inUse: Tracer | undefined;

export function useTracer(tracer: Tracer | undefined): void {
  inUse = tracer;
}

/** Undefined while tracing is off. */
export function tracerInUse(): Tracer | undefined {
  return inUse;
}

/** For the lines of the log. */
export function currentIds(): object {
  const span = inUse?.current;
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
