import type { ProcessConfig } from '#config/process.config.js';
import { startTracing } from '#telemetry/tracing.js';
import type { Lifetime } from './lifetime.js';

/** Traces this process where a collector is named; before anything is opened, so that it is closed last. */
export function traceWith(
  settings: Pick<
    ProcessConfig,
    'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_HEADERS' | 'OTEL_TRACES_SAMPLER_ARG'
  >,
  service: string,
  lifetime: Lifetime,
): void {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = settings;
  const ratio = settings.OTEL_TRACES_SAMPLER_ARG;
  if (endpoint !== undefined) lifetime.onEnd(startTracing({ endpoint, service, ratio, headers }));
}
