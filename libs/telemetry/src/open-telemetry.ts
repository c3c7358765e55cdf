import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import { spanQueue } from './span-queue.js';
import type { Span, SpanStart, Tracer } from './tracer.js';

const timeoutMillis = 5_000;
/** In the course of a span that is not recorded nothing is. */
const unrecorded: Span = { run: (work) => work(), end: () => undefined };
const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT };

/** The library of OpenTelemetry, with spans that we begin ourselves; sends them as OTLP over HTTP in JSON. */
export class OpenTelemetry implements Tracer {
  private readonly contexts = new AsyncLocalStorage<Context>();
  private readonly provider: BasicTracerProvider;

  /** `endpoint` without `/v1/traces`, as OTEL_EXPORTER_OTLP_ENDPOINT says it. */
  constructor(endpoint: string, service: string, ratio: number) {
    const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    this.provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': service }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanProcessors: [spanQueue(new OTLPTraceExporter({ url, timeoutMillis }))],
    });
  }

  get current(): SpanContext | undefined {
    const context = this.contexts.getStore();
    return context && trace.getSpanContext(context);
  }

  begin({ name, kind, attributes = {}, traceparent = '' }: SpanStart): Span {
    const { current } = this;
    if (current !== undefined && (current.traceFlags & TraceFlags.SAMPLED) === 0) return unrecorded;
    const caller = parseTraceParent(traceparent);
    const parent =
      caller === null ? (this.contexts.getStore() ?? ROOT_CONTEXT) : trace.setSpanContext(ROOT_CONTEXT, caller);
    const span = this.provider.getTracer('fechatter').startSpan(name, { kind: kinds[kind], attributes }, parent);
    const context = trace.setSpan(parent, span);
    return {
      run: (work) => this.contexts.run(context, work),
      end: (isFailed, more = {}) => {
        span.setAttributes(more);
        if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  /** Sends what waits. */
  async stop(): Promise<void> {
    this.contexts.disable();
    await this.provider.shutdown();
  }
}
