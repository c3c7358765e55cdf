import { collectDefaultMetrics, Registry } from 'prom-client';

/** The metrics of this process, served at `/metrics` of the health port. */
export const metrics = new Registry();

collectDefaultMetrics({ register: metrics });
// Gauges that are named like counters; the same by type stays.
for (const kind of ['handles', 'requests', 'resources']) metrics.removeSingleMetric(`nodejs_active_${kind}_total`);
