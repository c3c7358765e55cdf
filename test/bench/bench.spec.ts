import { describe, expect, it } from '@jest/globals';
import { exitStatusOf, isMet, type Figure } from './bench.js';

const figure = (more: Partial<Figure>): Figure => ({ name: 'sends', unit: '/s', ours: 100, ...more });
const atLeast = (least: number) => figure({ bar: { of: 'ours', atLeast: least } });
const ratioAtMost = (most: number, ratio?: number) =>
  figure({ bar: { of: 'ratio', atMost: most }, ...(ratio !== undefined && { ratio }) });

describe('A bar', () => {
  it('is met at its edge, and a figure without one can miss nothing', () => {
    expect([atLeast(100), atLeast(101), figure({})].map(isMet)).toEqual([true, false, undefined]);
    expect([ratioAtMost(2, 2), ratioAtMost(2, 2.01)].map(isMet)).toEqual([true, false]);
  });

  it('is missed by a ratio that was not measured', () => {
    expect(isMet(ratioAtMost(2))).toBe(false);
  });
});

describe('The exit status', () => {
  it('is 1 where any figure of any bench misses its bar', () => {
    const met = { figures: [figure({}), atLeast(100)] };
    expect(exitStatusOf([])).toBe(0);
    expect(exitStatusOf([met, met])).toBe(0);
    expect(exitStatusOf([met, { figures: [atLeast(100), atLeast(101)] }])).toBe(1);
    expect(exitStatusOf([{ figures: [ratioAtMost(2)] }, met])).toBe(1);
  });
});
