import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type SpanContext,
  type Span as LibrarySpan,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BasicTracerProvider, RandomIdGenerator } from '@opentelemetry/sdk-trace-base';
import { currentSpan, runUnder } from './current-span.js';
import type { RecordedSpan, Span, SpanStart } from './span.js';
import { spanQueue } from './span-queue.js';
import type { Tracer } from './tracer.js';

const timeoutMillis = 5_000;
const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT };
const ids = new RandomIdGenerator();

/** The library of OpenTelemetry for the spans that are recorded; sends them as OTLP over HTTP in JSON. */
export class OpenTelemetry implements Tracer {
  private readonly provider: BasicTracerProvider;

  /** `endpoint` without `/v1/traces`, as OTEL_EXPORTER_OTLP_ENDPOINT says it. */
  constructor(
    endpoint: string,
    service: string,
    private readonly ratio: number,
  ) {
    const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    this.provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': service }),
      // What is not recorded never comes so far.
      sampler: new AlwaysOnSampler(),
      spanProcessors: [spanQueue(new OTLPTraceExporter({ url, timeoutMillis }))],
    });
  }

  begin(traceparent: string | undefined, start: () => SpanStart): Span {
    const caller = traceparent === undefined ? null : parseTraceParent(traceparent);
    if (caller !== null && (caller.traceFlags & TraceFlags.SAMPLED) === 0) return unrecorded(caller);
    const parent = caller ?? contextOf(currentSpan());
    if (parent === undefined && Math.random() >= this.ratio) return nameless;
    return this.record(parent, start());
  }

  /** Sends what waits. */
  async stop(): Promise<void> {
    await this.provider.shutdown();
  }

  private record(parent: SpanContext | undefined, { name, kind, attributes = {} }: SpanStart): RecordedSpan {
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const tracer = this.provider.getTracer('fechatter');
    return new Recorded(tracer.startSpan(name, { kind: kinds[kind], attributes }, context));
  }
}

class Recorded implements RecordedSpan {
  readonly isRecorded = true;
  readonly traceId: string;
  readonly spanId: string;

  constructor(private readonly span: LibrarySpan) {
    ({ traceId: this.traceId, spanId: this.spanId } = span.spanContext());
  }

  get traceparent(): string {
    return `00-${this.traceId}-${this.spanId}-01`;
  }

  run<Result>(work: () => Result): Result {
    return runUnder(this, work);
  }

  end(isFailed: boolean, more?: Readonly<Record<string, string>>): void {
    if (more !== undefined) this.span.setAttributes(more);
    if (isFailed) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.end();
  }
}

function contextOf(span: RecordedSpan | undefined): SpanContext | undefined {
  return span && { traceId: span.traceId, spanId: span.spanId, traceFlags: TraceFlags.SAMPLED };
}

/** No span is made of it, so those who are called are told of the caller's. */
class Unrecorded implements Span {
  readonly isRecorded = false;

  constructor(readonly traceparent: string) {}

  run<Result>(work: () => Result): Result {
    return work();
  }

  end(): void {
    // There is nothing to send.
  }
}

function unrecorded({ traceId, spanId }: Pick<SpanContext, 'traceId' | 'spanId'>): Span {
  return new Unrecorded(`00-${traceId}-${spanId}-00`);
}

/** Of all traces that begin in this process and are not recorded: nobody looks for one of them, so they share ids. */
const nameless = unrecorded({ traceId: ids.generateTraceId(), spanId: ids.generateSpanId() });
