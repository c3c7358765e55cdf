import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { childOf, parseTraceparent, toTraceparent } from './trace-context.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';

describe('A trace context', () => {
  it('comes back as it was sent, whichever it is', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (ratio) => {
        const context = childOf(undefined, ratio);
        expect(parseTraceparent(toTraceparent(context))).toEqual(context);
      }),
    );
  });

  it('keeps trace and decision under a parent', () => {
    const parent = { traceId: trace, spanId: span, isSampled: false };
    expect(childOf(parent, 1)).toEqual({ ...parent, spanId: expect.not.stringMatching(span) });
  });

  it.each([
    undefined,
    '',
    'nonsense',
    `00-${trace}-${span}`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `ff-${trace}-${span}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${trace}-${span}-01-more`,
  ])('%j is none', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('of a later version is read as far as it is known', () => {
    expect(parseTraceparent(`01-${trace}-${span}-01-more`)).toEqual({ traceId: trace, spanId: span, isSampled: true });
  });
});
