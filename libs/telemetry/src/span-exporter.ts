import { Counter } from 'prom-client';
import { Logger } from './logger.js';
import { metrics } from './metrics.js';

/** A span that has ended. Times in epoch milliseconds; labels are bounded, never what people wrote. */
export interface EndedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startMs: number;
  readonly endMs: number;
  readonly isFailed: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

export type SpanKind = 'internal' | 'server' | 'client';

/** As numbered by OpenTelemetry. */
const kinds: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3 };
const mostWaiting = 4_096;
const mostPerRequest = 512;
const everyMs = 1_000;
const timeoutMs = 5_000;

const logger = new Logger('telemetry.tracing');
const dropped = new Counter({
  name: 'fechatter_spans_dropped_total',
  help: 'Spans that no collector took: it was away, or they came faster than it takes them',
  registers: [metrics],
});

/** Sends spans to a collector as OTLP over HTTP in JSON, in batches. Bounded; a collector that is away costs spans only. */
export class SpanExporter {
  private waiting: EndedSpan[] = [];
  private sending: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;
  private complained = false;

  /** `endpoint` without `/v1/traces`, as OTEL_EXPORTER_OTLP_ENDPOINT says it. */
  constructor(
    private readonly endpoint: string,
    private readonly service: string,
  ) {
    this.timer = setInterval(() => void this.flush(), everyMs).unref();
  }

  add(span: EndedSpan): void {
    if (this.waiting.length >= mostWaiting) return dropped.inc();
    this.waiting.push(span);
  }

  /** Sends all that waits. Never throws. */
  flush(): Promise<void> {
    this.sending = this.sending.then(async () => {
      while (this.waiting.length > 0) await this.send(this.waiting.splice(0, mostPerRequest));
    });
    return this.sending;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private async send(spans: readonly EndedSpan[]): Promise<void> {
    try {
      const answer = await fetch(`${this.endpoint.replace(/\/+$/, '')}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(toOtlp(this.service, spans)),
        signal: AbortSignal.timeout(timeoutMs),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`The collector answers ${answer.status}`);
      this.complained = false;
    } catch (error) {
      dropped.inc(spans.length);
      if (!this.complained) logger.warn('Spans are not taken; going on without them', { reason: String(error) });
      this.complained = true;
    }
  }
}

function toOtlp(service: string, spans: readonly EndedSpan[]): object {
  const resource = { attributes: toAttributes({ 'service.name': service }) };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'fechatter' }, spans: spans.map(toSpan) }] }] };
}

function toSpan({ kind, startMs, endMs, isFailed, parentSpanId, attributes, ...span }: EndedSpan): object {
  return {
    ...span,
    ...(parentSpanId !== undefined && { parentSpanId }),
    kind: kinds[kind],
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: toAttributes(attributes),
    status: { code: isFailed ? 2 : 0 },
  };
}

/** More digits than a number has. */
function nanoseconds(ms: number): string {
  return `${BigInt(Math.round(ms * 1_000)) * 1_000n}`;
}

function toAttributes(attributes: Readonly<Record<string, string>>): object[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
