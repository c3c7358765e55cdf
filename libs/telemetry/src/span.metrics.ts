import { Counter } from 'prom-client';
import { metrics } from './metrics.js';

export const droppedSpans = new Counter({
  name: 'fechatter_spans_dropped_total',
  help: 'Spans that no collector took: it was away, or they came faster than it takes them',
  registers: [metrics],
});
