import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor, pageOf } from './cursor.js';

const refused = expect.objectContaining({
  code: 'VALIDATION_ERROR',
  details: [expect.objectContaining({ field: 'cursor' })],
});

describe('a cursor', () => {
  it('brings back the position that went in', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (position) => {
        const plain = position.map((number) => number + 0);
        expect(decodeCursor('list 1', encodeCursor('list 1', plain), plain.length)).toEqual(plain);
      }),
    );
  });

  it('is refused by every list but its own', () => {
    const cursor = encodeCursor('list 1', [5]);
    expect(() => decodeCursor('list 2', cursor, 1)).toThrow(refused);
    expect(() => decodeCursor('list 1', cursor, 2)).toThrow(refused);
  });

  it('is refused when any character of it was changed', () => {
    const cursor = encodeCursor('list 1', [1, 4711]);
    for (let index = 0; index < cursor.length; index += 1) {
      const changed = cursor.slice(0, index) + (cursor[index] === 'A' ? 'B' : 'A') + cursor.slice(index + 1);
      expect(() => decodeCursor('list 1', changed, 2)).toThrow(refused);
    }
  });

  it('is refused when it is no cursor at all', () => {
    for (const text of ['', 'x', '5', '%', 'ééé', encodeCursor('list 1', [5]).slice(1)]) {
      expect(() => decodeCursor('list 1', text, 1)).toThrow(refused);
    }
  });
});

describe('a page', () => {
  const page = (found: number[]) => pageOf('list 1', found, 2, (row) => [row]);

  it('goes on behind its last row when one more was found', () => {
    expect(page([5, 6, 7])).toEqual({ rows: [5, 6], next_cursor: encodeCursor('list 1', [6]), has_more: true });
  });

  it('is the last one otherwise', () => {
    for (const rows of [[], [5], [5, 6]]) expect(page(rows)).toEqual({ rows, next_cursor: null, has_more: false });
  });
});
