import { describe, expect, it } from '@jest/globals';
import { chunksOf } from './chunk.js';

describe('chunks', () => {
  it('keep every item once and in order', () => {
    const items = Array.from({ length: 2_500 }, (_, index) => index);
    const chunks = chunksOf(items);
    expect(chunks.map((chunk) => chunk.length)).toEqual([1_000, 1_000, 500]);
    expect(chunks.flat()).toEqual(items);
    expect(chunksOf([])).toEqual([]);
  });

  it('fit on the bus even when every character is written as an escape', () => {
    const items = Array.from({ length: 50 }, () => ({ content: '\u0001'.repeat(16_384) }));
    const chunks = chunksOf(items);
    expect(chunks.flat()).toEqual(items);
    expect(chunks.length).toBeGreaterThan(1);
    for (const chunk of chunks) expect(JSON.stringify(chunk).length).toBeLessThan(700 * 1024);
  });
});
