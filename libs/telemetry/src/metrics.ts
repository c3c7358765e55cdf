import { collectDefaultMetrics, Registry } from 'prom-client';

/** The metrics of this process, served at `/metrics` of the health port. */
export const metrics = new Registry();

let isOn = true;

/** Whether requests, calls and statements are counted and timed. */
export function isMeasuring(): boolean {
  return isOn;
}

/** Called once at the start of a process: its metrics with those of Node beside them, or none. */
export function configureMetrics(on: boolean): void {
  isOn = on;
  if (!on) return;
  collectDefaultMetrics({ register: metrics });
  // Gauges that are named like counters; the same by type stays.
  for (const kind of ['handles', 'requests', 'resources']) metrics.removeSingleMetric(`nodejs_active_${kind}_total`);
}
