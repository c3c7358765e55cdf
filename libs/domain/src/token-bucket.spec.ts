import { describe, expect, it } from '@jest/globals';
import { TokenBucket } from './token-bucket.js';

describe(TokenBucket.name, () => {
  const start = 1_000_000;
  const taken = (bucket: TokenBucket, now: number) => {
    let count = 0;
    while (bucket.take(now)) count += 1;
    return count;
  };

  it('gives as many at once as it earns in a second, and no more after a longer pause', () => {
    const bucket = new TokenBucket(4);
    expect(taken(bucket, start)).toBe(4);
    expect(taken(bucket, start + 60_000)).toBe(4);
  });

  it('earns evenly, also in parts', () => {
    const bucket = new TokenBucket(4);
    taken(bucket, start);
    expect([125, 250, 375, 500, 1_000].map((ms) => taken(bucket, start + ms))).toEqual([0, 1, 0, 1, 2]);
  });

  it('neither earns nor loses when the clock is set back', () => {
    const bucket = new TokenBucket(4);
    bucket.take(start);
    expect(taken(bucket, start - 60_000)).toBe(3);
    expect(taken(bucket, start - 59_750)).toBe(1);
  });
});
