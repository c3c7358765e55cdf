import type { SpanStart } from './span.js';

/** A span that has ended. */
export interface EndedSpan extends Required<SpanStart> {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** Nanoseconds since 1970, as digits: more than a number holds. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly isFailed: boolean;
}

const kinds = { internal: 1, server: 2, client: 3 } as const;
const failed = { code: 2 };

/** A span as OTLP 1.x writes it in JSON. */
export function encodeSpan(span: EndedSpan): string {
  return JSON.stringify({
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: kinds[span.kind],
    startTimeUnixNano: span.startedAt,
    endTimeUnixNano: span.endedAt,
    attributes: attributesOf(span.attributes),
    status: span.isFailed ? failed : undefined,
  });
}

/** The body of a request to a collector: spans of one service, each encoded. */
export function encodeBatch(service: string, spans: readonly string[]): string {
  const resource = JSON.stringify({ attributes: attributesOf({ 'service.name': service }) });
  const scope = '{"name":"fechatter"}';
  return `{"resourceSpans":[{"resource":${resource},"scopeSpans":[{"scope":${scope},"spans":[${spans.join(',')}]}]}]}`;
}

/** Of a time by `performance.now()`, to the microsecond. */
export function epochNanoseconds(time: number): string {
  const milliseconds = performance.timeOrigin + time;
  const seconds = Math.floor(milliseconds / 1_000);
  // Numbers of 31 bits are written several times as fast as longer ones.
  const microseconds = Math.floor((milliseconds - seconds * 1_000) * 1_000) + 1_000_000;
  return `${seconds}${String(microseconds).slice(1)}000`;
}

function attributesOf(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
