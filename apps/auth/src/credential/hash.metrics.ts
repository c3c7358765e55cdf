import { Gauge } from 'prom-client';
import { metrics } from '#telemetry/metrics.js';

/** Jobs of a queue. */
export interface HashCounts {
  readonly running: number;
  readonly waiting: number;
}

const queues: { readonly counts: HashCounts }[] = [];

new Gauge({
  name: 'fechatter_password_hashes',
  help: 'Passwords that are being hashed or compared, and those that wait for it',
  labelNames: ['state'],
  registers: [metrics],
  collect() {
    for (const state of ['running', 'waiting'] as const)
      this.set(
        { state },
        queues.reduce((sum, { counts }) => sum + counts[state], 0),
      );
  },
});

/** Shows a queue, which lives as long as the process. */
export function showHashes(queue: { readonly counts: HashCounts }): void {
  queues.push(queue);
}
