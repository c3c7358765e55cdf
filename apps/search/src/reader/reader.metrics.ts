import { Gauge } from 'prom-client';
import { metrics } from '#telemetry/metrics.js';

/** Taken once a second; not shown while it cannot be. */
export const lagEntries = new Gauge({
  name: 'fechatter_search_lag_entries',
  help: 'Entries of lately changed logs that are not indexed yet',
  registers: [metrics],
});
