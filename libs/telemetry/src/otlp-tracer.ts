import { currentSpan, runUnder } from './current-span.js';
import { encodeSpan, epochNanoseconds } from './otlp.js';
import type { RecordedSpan, Span, SpanStart } from './span.js';
import type { SpanQueue } from './span-queue.js';
import { newSpanId, newTraceId, parseTraceparent, traceparentOf, type TraceContext } from './traceparent.js';
import type { Tracer } from './tracer.js';

/** Draws the lots of traces, and hands spans that have ended to a queue. */
export class OtlpTracer implements Tracer {
  constructor(
    private readonly queue: SpanQueue,
    /** Probability that a trace that begins here is recorded. */
    private readonly ratio: number,
  ) {}

  begin(traceparent: string | undefined, start: () => SpanStart): Span {
    const caller = traceparent === undefined ? undefined : parseTraceparent(traceparent);
    if (caller?.isRecorded === false) return new Unrecorded(traceparentOf(caller));
    const parent = caller ?? currentSpan();
    if (parent === undefined && Math.random() >= this.ratio) return nameless;
    return new Recorded(parent?.traceId ?? newTraceId(), parent, start(), this.queue);
  }

  /** Sends what waits. */
  stop(): Promise<void> {
    return this.queue.stop();
  }
}

class Recorded implements RecordedSpan {
  readonly isRecorded = true;
  readonly spanId = newSpanId();
  private readonly startedAt = performance.now();

  constructor(
    readonly traceId: string,
    private readonly parent: Pick<TraceContext, 'spanId'> | undefined,
    private readonly start: SpanStart,
    private readonly queue: SpanQueue,
  ) {}

  get traceparent(): string {
    return traceparentOf(this);
  }

  run<Result>(work: () => Result): Result {
    return runUnder(this, work);
  }

  end(isFailed: boolean, more: Readonly<Record<string, string>> = {}): void {
    const { traceId, spanId, parent, start } = this;
    const [startedAt, endedAt] = [this.startedAt, performance.now()].map(epochNanoseconds) as [string, string];
    const attributes = { ...start.attributes, ...more };
    this.queue.add(
      encodeSpan({ ...start, traceId, spanId, parentSpanId: parent?.spanId, startedAt, endedAt, attributes, isFailed }),
    );
  }
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

/**
 * Of all traces that begin in this process and are not recorded. Nobody looks for one of them, so they share ids; to make
 * ids for each was a tenth of what tracing cost a send.
 */
const nameless = new Unrecorded(traceparentOf({ traceId: newTraceId(), spanId: newSpanId(), isRecorded: false }));
