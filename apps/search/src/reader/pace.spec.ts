import { describe, expect, it, jest } from '@jest/globals';
import { Pace } from './pace.js';

/** Lets the process look so busy since the last look. */
function busy(utilization: number): void {
  jest
    .spyOn(performance, 'eventLoopUtilization')
    .mockImplementation((now) => ({ idle: 0, active: 0, utilization: now === undefined ? 0 : utilization }));
}

describe('Pace', () => {
  it('does not rest while there is room', async () => {
    busy(0.2);
    const pace = new Pace();
    const started = performance.now();
    await pace.rest(started - 10_000);
    expect(performance.now() - started).toBeLessThan(90);
  });

  it('rests at least a tenth of a second while people keep the process busy', async () => {
    busy(0.9);
    const pace = new Pace();
    const started = performance.now();
    await pace.rest(started);
    expect(performance.now() - started).toBeGreaterThan(95);
  });

  it('ends a rest at once when it has to', async () => {
    busy(0.9);
    const pace = new Pace();
    const started = performance.now();
    const resting = pace.rest(started - 10_000);
    pace.end();
    await resting;
    await pace.rest(started - 10_000);
    expect(performance.now() - started).toBeLessThan(900);
  });
});
