import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Pace, restMs } from './pace.js';

describe('restMs', () => {
  it('is nothing while there is room', () => {
    expect(restMs(0.2, 5_000)).toBe(0);
  });

  it('is three times the work while people keep the process busy, within bounds', () => {
    expect(restMs(0.9, 200)).toBe(600);
    expect(restMs(0.9, 1)).toBe(100);
    expect(restMs(0.9, 5_000)).toBe(1_000);
  });
});

describe('Pace', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('gives up a rest, and every later one, when it has to end', async () => {
    jest.spyOn(performance, 'eventLoopUtilization').mockReturnValue({ idle: 0, active: 1, utilization: 1 });
    const pace = new Pace();
    const resting = pace.rest(performance.now() - 10_000);
    pace.end();
    const first = await Promise.race([resting.then(() => 'ended'), pause(900, 'slept')]);
    expect(first).toBe('ended');
    expect(await Promise.race([pace.rest(0).then(() => 'ended'), pause(900, 'slept')])).toBe('ended');
  });
});
