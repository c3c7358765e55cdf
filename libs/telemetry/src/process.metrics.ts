import { Gauge } from 'prom-client';
import { metrics } from './metrics.js';

new Gauge({
  name: 'memory_allocated_bytes',
  help: 'Memory that JavaScript values and buffers take',
  registers: [metrics],
  collect() {
    const { heapUsed, external } = process.memoryUsage();
    this.set(heapUsed + external);
  },
});

new Gauge({
  name: 'memory_resident_bytes',
  help: 'Memory of the process that is in RAM',
  registers: [metrics],
  collect() {
    this.set(process.memoryUsage.rss());
  },
});
