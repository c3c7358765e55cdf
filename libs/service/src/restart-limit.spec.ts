import { describe, expect, it } from '@jest/globals';
import { RestartLimit } from './restart-limit.js';

describe('A restart limit', () => {
  it('lets the first restart happen at once, the next ones later and later, and the sixth within a minute not', () => {
    const limit = new RestartLimit();
    const pauses = [0, 1, 2, 3, 4, 5].map((second) => limit.next(second * 1_000));
    expect(pauses[0]).toBe(0);
    expect(pauses[5]).toBeUndefined();
    const allowed = pauses.slice(0, 5) as number[];
    expect(allowed).toEqual([...new Set(allowed)].sort((a, b) => a - b));
  });

  it('forgets what is more than a minute ago', () => {
    const limit = new RestartLimit();
    for (let second = 0; second < 5; second++) limit.next(second * 1_000);
    expect(limit.next(59_999)).toBeUndefined();
    expect(limit.next(200_000)).toBe(0);
  });
});
