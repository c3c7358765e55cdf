import { describe, expect, it } from '@jest/globals';
import { nameParams } from './name-search.js';

describe('nameParams', () => {
  it.each([
    ['a', null, null],
    ['ab', null, null],
    ['abc', 'abc', null],
    ['abcd', 'abcd', 'abcd'],
    ['äöü', 'äöü', null],
    ['日本語', '日本語', null],
  ])('looks for %s inside of names when they can be found there', (text, pattern, similarTo) => {
    expect(nameParams(text)).toEqual([text, pattern, similarTo]);
  });

  it.each(['...', '%%%%', '____', '😀😀😀😀', 'a.b.c', 'a-b', '🏳️‍🌈🏳️‍🌈', '𝒜b'])(
    'looks only at beginnings for %s, which has no three letters in a row',
    (text) => {
      expect(nameParams(text)).toEqual([text, null, null]);
    },
  );

  it('takes the signs of LIKE for what they are', () => {
    expect(nameParams(String.raw`100%_\x`)[1]).toBe(String.raw`100\%\_\\x`);
    expect(nameParams('100% sure')[2]).toBe('100% sure');
  });
});
