import { expect, it } from '@jest/globals';
import { Histogram, Registry } from 'prom-client';
import { Durations } from './durations.js';

it('says what prom-client’s own histogram says of the same times', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
  const histogram = new Histogram({
    name: 'time_seconds',
    help: 'Times',
    labelNames: ['path'],
    buckets,
    registers: [theirs],
  });
  const durations = new Durations(ours, 'time_seconds', 'Times');
  for (const path of ['/a', '/b']) {
    const tally = durations.tally({ path });
    for (const seconds of [0, 0.0004, 0.0005, 0.001, 0.0011, 0.3, 9.5, 11, 300]) {
      tally.note(seconds);
      histogram.observe({ path }, seconds);
    }
  }
  const lines = async (registry: Registry) => (await registry.metrics()).split('\n').map(sorted).sort();
  expect(await lines(ours)).toEqual(await lines(theirs));
});

/** The labels of a line in one order. */
function sorted(line: string): string {
  return line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join()}}`);
}
