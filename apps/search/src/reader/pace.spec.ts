import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

describe('Pace', () => {
  const paceAt = (isHigh: boolean) => new Pace({ isHigh, watch: () => () => undefined });

  it('does one piece after another', async () => {
    const pace = paceAt(false);
    let [now, atOnce, done] = [0, 0, 0];
    const work = async () => {
      atOnce = Math.max(atOnce, ++now);
      await pause(1);
      [now, done] = [now - 1, done + 1];
    };
    await Promise.all([1, 2, 3].map(() => pace.run(work)));
    expect({ atOnce, done }).toEqual({ atOnce: 1, done: 3 });
  });

  it('rests for nine times the length of the work while others are busy, until it is ended', async () => {
    const pace = paceAt(true);
    const times = { first: 0, second: 0 };
    const first = pace.run(async () => {
      const since = performance.now();
      await pause(10);
      times.first = performance.now() - since;
    });
    const since = performance.now();
    const second = pace.run(() => Promise.resolve((times.second = performance.now() - since)));
    await Promise.all([first, second]);
    expect(times.second).toBeGreaterThan(9 * times.first);
    const long = pace.run(() => pause(200));
    const last = pace.run(() => Promise.resolve(7));
    await long;
    pace.end();
    expect(await last).toBe(7);
  });

  it('hands on why the work failed', async () => {
    const pace = paceAt(false);
    await expect(pace.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await pace.run(() => Promise.resolve(7))).toBe(7);
  });
});
