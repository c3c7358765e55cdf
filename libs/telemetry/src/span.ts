/** How a span begins. Names and attributes are bounded, never what people wrote. */
export interface SpanStart {
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client';
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A span that whoever began it ends. Where its trace is not recorded it only has a context to pass on. */
export interface Span {
  readonly isRecorded: boolean;
  /** For what is sent to other processes. */
  readonly traceparent: string;
  /** Does the work, and all that it awaits, in the course of the span. */
  run<Result>(work: () => Result): Result;
  end(isFailed: boolean, attributes?: Readonly<Record<string, string>>): void;
}

/** A span that is sent to the collector. */
export interface RecordedSpan extends Span {
  readonly isRecorded: true;
  readonly traceId: string;
  readonly spanId: string;
}
