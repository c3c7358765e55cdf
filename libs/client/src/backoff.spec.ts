import { describe, expect, it } from '@jest/globals';
import { Backoff } from './backoff.js';

/** The waits of many tries in a row, with the given luck. */
function waits(random: () => number, tries = 12): number[] {
  const backoff = new Backoff(2_000, random);
  return Array.from({ length: tries }, () => backoff.next());
}

describe('Waiting between tries', () => {
  it('is anything up to a bound that doubles from 2 s to 30 s', () => {
    expect(waits(() => 0)).toEqual(Array.from({ length: 12 }, () => 0));
    const bounds = [2, 4, 8, 16, 30, 30, 30, 30, 30, 30, 30, 30].map((seconds) => seconds * 1_000 - 1);
    expect(waits(() => 1 - Number.EPSILON)).toEqual(bounds);
    expect(waits(() => 0.5).slice(0, 5)).toEqual([1_000, 2_000, 4_000, 8_000, 15_000]);
  });

  it('stays within its bound however often it fails', () => {
    expect(Math.max(...waits(() => 0.999, 5_000))).toBeLessThan(30_000);
  });

  it('begins anew after a success', () => {
    const backoff = new Backoff(2_000, () => 0.5);
    for (let tries = 0; tries < 6; tries += 1) backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(1_000);
  });
});
