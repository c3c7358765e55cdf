import type { ProcessConfig } from '#config/process.config.js';
import { startTracing } from '#telemetry/tracing.js';
import type { Lifetime } from './lifetime.js';

/** Traces this process where a collector is named; before anything is opened, so that it is closed last. */
export async function traceWith(
  settings: Pick<ProcessConfig, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_TRACES_SAMPLER_ARG'>,
  service: string,
  lifetime: Lifetime,
): Promise<void> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: ratio } = settings;
  if (endpoint !== undefined) lifetime.onEnd(await startTracing(endpoint, service, ratio));
}
