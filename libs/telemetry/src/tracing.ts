import { AsyncLocalStorage } from 'node:async_hooks';
import { currentSpan, keepSpansIn } from './current-span.js';
import { childOf, parseTraceparent, toTraceparent, type SpanContext } from './trace-context.js';
import { SpanExporter, type SpanKind } from './span-exporter.js';

interface Tracing {
  readonly exporter: SpanExporter;
  readonly ratio: number;
  readonly current: AsyncLocalStorage<SpanContext>;
}

interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes?: Readonly<Record<string, string>>;
  /** What another process says of its span; the span in progress here unless given. */
  readonly traceparent?: string | undefined;
}

let tracing: Tracing | undefined;

/** Turns tracing on for this process: traces that begin here are recorded with this probability. Answers what ends it. */
export function startTracing(endpoint: string, service: string, ratio: number): () => Promise<void> {
  const started: Tracing = { exporter: new SpanExporter(endpoint, service), ratio, current: new AsyncLocalStorage() };
  tracing = started;
  keepSpansIn(started.current);
  return async () => {
    if (tracing === started) {
      tracing = undefined;
      keepSpansIn(undefined);
    }
    started.current.disable();
    await started.exporter.stop();
  };
}

export function isTracing(): boolean {
  return tracing !== undefined;
}

/** The span in progress, for what is sent to other processes. */
export function currentTraceparent(): string | undefined {
  const context = currentSpan();
  return context && toTraceparent(context);
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

/** A span that whoever began it ends. */
export interface Span {
  run<Result>(work: () => Result): Result;
  end(isFailed: boolean, attributes?: Readonly<Record<string, string>>): void;
}

/** Undefined without tracing. */
export function beginSpan({ name, kind, attributes = {}, traceparent }: SpanStart): Span | undefined {
  if (tracing === undefined) return undefined;
  const { current, exporter, ratio } = tracing;
  const parent = parseTraceparent(traceparent) ?? currentSpan();
  const context = childOf(parent, ratio);
  const startMs = performance.timeOrigin + performance.now();
  return {
    run: (work) => current.run(context, work),
    end: (isFailed, more = {}) => {
      if (!context.isSampled) return;
      const endMs = performance.timeOrigin + performance.now();
      const { traceId, spanId } = context;
      const ended = { traceId, spanId, parentSpanId: parent?.spanId, name, kind, startMs, endMs, isFailed };
      exporter.add({ ...ended, attributes: { ...attributes, ...more } });
    },
  };
}
