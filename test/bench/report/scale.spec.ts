import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linear, logarithmic, ordinal, percentiles } from './scale.js';

const anyValues = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });

describe.each([linear, logarithmic])('%p', (scale) => {
  it('has room for every value, in their order, between ticks that are not too many', () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        const { place, ticks } = scale(values);
        const places = [...values].sort((a, b) => a - b).map(place);
        expect(places).toEqual([...places].sort((a, b) => a - b));
        for (const at of [...places, ...ticks.map(place)]) {
          expect(at).toBeGreaterThanOrEqual(-1e-9);
          expect(at).toBeLessThanOrEqual(1 + 1e-9);
        }
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThanOrEqual(16);
      }),
    );
  });
});

describe(percentiles.name, () => {
  it('gives each nine the same room', () => {
    const { place, ticks } = percentiles([0, 50, 99.9]);
    expect(ticks).toEqual([0, 50, 90, 99, 99.9]);
    expect(place(99) - place(90)).toBeCloseTo(place(99.9) - place(99));
    expect(place(99.9)).toBe(1);
  });
});

describe(ordinal.name, () => {
  it('knows no distances', () => {
    const { place, ticks } = ordinal([256, 1, 4, 1]);
    expect(ticks).toEqual([1, 4, 256]);
    expect(ticks.map(place)).toEqual([0, 0.5, 1]);
  });
});
