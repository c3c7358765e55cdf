import { describe, expect, it } from '@jest/globals';
import { lowest } from './memory.js';

describe(lowest.name, () => {
  it('keeps what is left after each collection', () => {
    const saw = [10, 20, 30, 11, 21, 31, 12, 22, 32].map((value, second) => [second, value] as const);
    expect(lowest(saw, 3)).toEqual([
      [0, 10],
      [3, 11],
      [6, 12],
    ]);
  });

  it('leaves out a stretch that was cut short', () => {
    const saw = [10, 20, 30, 11, 21, 31, 29].map((value, second) => [second, value] as const);
    expect(lowest(saw, 3)).toEqual([
      [0, 10],
      [3, 11],
    ]);
  });
});
