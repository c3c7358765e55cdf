import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LogOrder } from './log-order.js';

interface Entry {
  seq: number;
}

function take(order: LogOrder<Entry>): number[] {
  const taken: number[] = [];
  for (let entry = order.next(); entry !== undefined; entry = order.next()) taken.push(entry.seq);
  return taken;
}

describe('The order of a log', () => {
  it('gives out every entry once and in order, however often and in whatever order they arrive', () => {
    const arrivals = fc.integer({ min: 1, max: 40 }).chain((length) =>
      fc.record({
        start: fc.integer({ min: 0, max: 5 }),
        seqs: fc
          .array(fc.integer({ min: 1, max: length }), { maxLength: 80 })
          .map((extra) => [...extra, ...Array.from({ length }, (_, index) => index + 1)])
          .chain((seqs) => fc.shuffledSubarray(seqs, { minLength: seqs.length })),
      }),
    );
    fc.assert(
      fc.property(arrivals, ({ start, seqs }) => {
        const order = new LogOrder<Entry>(1_000);
        order.startAt(start);
        const taken = seqs.flatMap((seq) => {
          order.add({ seq });
          return take(order);
        });
        const end = Math.max(...seqs, start);
        expect(taken).toEqual(Array.from({ length: end - start }, (_, index) => start + 1 + index));
        expect(order.isWaiting).toBe(false);
      }),
    );
  });

  it('holds what follows a hole until the hole is filled, and no more than its bound', () => {
    const order = new LogOrder<Entry>(2);
    order.startAt(0);
    for (const seq of [2, 3, 4]) order.add({ seq });
    expect(take(order)).toEqual([]);
    expect(order.firstHeld).toBe(2);
    order.add({ seq: 1 });
    expect(take(order)).toEqual([1, 2, 3]);
    expect(order.firstHeld).toBeUndefined();
    expect(order.position).toBe(3);
  });

  it('gives out nothing before it knows where to start, and then only what follows', () => {
    const order = new LogOrder<Entry>(10);
    for (const seq of [7, 5, 6]) order.add({ seq });
    expect(take(order)).toEqual([]);
    order.startAt(5);
    expect(take(order)).toEqual([6, 7]);
  });
});
