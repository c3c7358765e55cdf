import { Gauge } from 'prom-client';
import { metrics } from '#telemetry/metrics.js';

interface Lagging {
  readonly lagSeconds: number;
}

interface Queue extends Lagging {
  readonly size: number;
}

const registers = [metrics];
const queues: Queue[] = [];
const lagging: Lagging[] = [];

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
  help: 'Time since the chat that waits longest for being indexed was found to have grown, or since it is not known',
  registers,
  collect() {
    this.set(Math.max(0, ...lagging.map(({ lagSeconds }) => lagSeconds)));
  },
});

/** Shows a queue, which lives as long as the process. */
export function showQueue(queue: Queue): void {
  queues.push(queue);
  showLag(queue);
}

/** Shows what knows of a lag, likewise. */
export function showLag(part: Lagging): void {
  lagging.push(part);
}
