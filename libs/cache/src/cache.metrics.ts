import { Counter } from 'prom-client';
import { metrics } from '#telemetry/metrics.js';

/** What one pattern has counted in this process. */
export class CacheTally {
  localHits = 0;
  sharedHits = 0;
  misses = 0;
  stale = 0;

  constructor(readonly pattern: string) {
    tallies.push(this);
  }
}

const tallies: CacheTally[] = [];

/** Told to prom-client only when somebody asks: hits happen too often for it. */
function counter(name: string, help: string, labels: string[], count: (tally: CacheTally, of: Counter) => void): void {
  new Counter({
    name,
    help,
    labelNames: ['pattern', ...labels],
    registers: [metrics],
    collect() {
      this.reset();
      for (const tally of tallies) count(tally, this);
    },
  });
}

counter('cache_hits', 'Values found, by key pattern and layer', ['layer'], ({ pattern, ...tally }, hits) => {
  hits.inc({ pattern, layer: 'memory' }, tally.localHits);
  hits.inc({ pattern, layer: 'redis' }, tally.sharedHits);
});

counter('cache_misses', 'Values that had to be loaded, by key pattern', [], ({ pattern, misses }, counted) => {
  counted.inc({ pattern }, misses);
});

counter(
  'cache_stale_hits_total',
  'Values served while they were loaded anew, by key pattern',
  [],
  ({ pattern, stale }, counted) => {
    counted.inc({ pattern }, stale);
  },
);
