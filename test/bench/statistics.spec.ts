import { describe, expect, it } from '@jest/globals';
import { linearFit, median, medianInterval, percentile } from './statistics.js';

describe(median.name, () => {
  it('is the middle, whatever the order, and ignores one wild round', () => {
    expect(median([5, 1, 1_000])).toBe(5);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});

describe(medianInterval.name, () => {
  it('is what tables of the sign test say', () => {
    const of = (count: number) => medianInterval(Array.from({ length: count }, (_, index) => count - index));
    expect([5, 6, 8, 9, 10, 12, 20].map(of)).toEqual([undefined, [1, 6], [1, 8], [2, 8], [2, 9], [3, 10], [6, 15]]);
    expect(of(0)).toBeUndefined();
  });
});

describe(percentile.name, () => {
  it('is a value that was seen', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0, 0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([1, 50, 99, 100]);
    expect(percentile([7], 0.99)).toBe(7);
  });
});

describe(linearFit.name, () => {
  it('finds the line under a saw', () => {
    const points = Array.from({ length: 1_000 }, (_, x) => [x, 3 + 0.5 * x + (x % 2 === 0 ? 9 : -9)] as const);
    const { slope, intercept } = linearFit(points);
    expect(slope).toBeCloseTo(0.5, 2);
    expect(intercept).toBeCloseTo(3, 0);
  });

  it('is level where nothing is known', () => {
    expect(linearFit([[1, 4]])).toEqual({ slope: 0, intercept: 4 });
  });
});
