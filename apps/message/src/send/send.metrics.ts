import { Gauge, Histogram } from 'prom-client';
import { metrics } from '#telemetry/metrics.js';

const registers = [metrics];
const lines: { readonly size: number }[] = [];

export const flushSizes = new Histogram({
  name: 'fechatter_flush_messages',
  help: 'Messages that one flush of the group commit stores',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
  registers,
});

new Gauge({
  name: 'fechatter_send_waiting_messages',
  help: 'Messages that wait for a flush',
  registers,
  collect() {
    this.set(lines.reduce((sum, { size }) => sum + size, 0));
  },
});

/** Counts what waits in a line, which lives as long as the process. */
export function showLine(line: { readonly size: number }): void {
  lines.push(line);
}
