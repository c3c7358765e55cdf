import { collectDefaultMetrics, Registry } from 'prom-client';

/** The metrics of this process, served at `/metrics` of the health port. */
export const metrics = new Registry();

collectDefaultMetrics({ register: metrics });
