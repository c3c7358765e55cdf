import { Gauge } from 'prom-client';
import { metrics } from '#telemetry/metrics.js';

interface Queue {
  readonly size: number;
  readonly lagSeconds: number;
}

const registers = [metrics];
const queues: Queue[] = [];

new Gauge({
  name: 'fechatter_search_waiting_chats',
  help: 'Chats whose logs have grown and are not indexed yet',
  registers,
  collect() {
    this.set(queues.reduce((sum, { size }) => sum + size, 0));
  },
});

new Gauge({
  name: 'fechatter_search_lag_seconds',
  help: 'Time since the chat that waits longest for being indexed was found to have grown',
  registers,
  collect() {
    this.set(Math.max(0, ...queues.map(({ lagSeconds }) => lagSeconds)));
  },
});

/** Shows a queue, which lives as long as the process. */
export function showQueue(queue: Queue): void {
  queues.push(queue);
}
