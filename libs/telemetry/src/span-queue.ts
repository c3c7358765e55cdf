import { ExportResultCode } from '@opentelemetry/core';
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Logger } from './logger.js';
import { droppedSpans } from './span.metrics.js';

const mostWaiting = 4_096;
const bounds = { maxQueueSize: mostWaiting, maxExportBatchSize: 512, scheduledDelayMillis: 1_000 };

const logger = new Logger('telemetry.tracing');

/** Sends spans in batches. Bounded; a collector that is away costs spans only, and they are counted. */
export function spanQueue(exporter: SpanExporter): SpanProcessor {
  // The library drops in silence what its own queue does not hold.
  let waiting = 0;
  let complained = false;
  const batches = new BatchSpanProcessor(
    {
      export: (spans, done) =>
        exporter.export(spans, (result) => {
          const isTaken = result.code === ExportResultCode.SUCCESS;
          waiting -= spans.length;
          if (!isTaken) droppedSpans.inc(spans.length);
          if (!isTaken && !complained)
            logger.warn('Spans are not taken; going on without them', { reason: String(result.error) });
          complained = !isTaken;
          done(result);
        }),
      shutdown: () => exporter.shutdown(),
    },
    bounds,
  );
  return {
    onStart: () => undefined,
    onEnd: (span) => {
      if (waiting >= mostWaiting) return droppedSpans.inc();
      waiting++;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    // What fails was told above; with the first one that fails the library waits for no other one.
    shutdown: () => batches.shutdown().catch(() => exporter.shutdown()),
  };
}
