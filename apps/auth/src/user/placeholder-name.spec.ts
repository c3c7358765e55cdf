import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Username } from '#contracts/scalar.js';
import { placeholderUsername } from './placeholder-name.js';

describe('placeholderUsername', () => {
  it('keeps a name that is a username already', () => {
    expect(placeholderUsername('Zoë_[away]|日本語', '')).toBe('Zoë_[away]|日本語');
  });

  it('replaces white space, control characters and @', () => {
    expect(placeholderUsername('John Q.\tPublic@home\u0007\u200b', '')).toBe('John_Q._Public_home__');
  });

  it('cuts so that the suffix fits, and never through a character', () => {
    expect(placeholderUsername('x'.repeat(256), '-2')).toBe(`${'x'.repeat(62)}-2`);
    expect(placeholderUsername(`${'x'.repeat(63)}😀`, '')).toBe('x'.repeat(63));
  });

  it('makes a username of whatever name', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 256 });
    fc.assert(
      fc.property(name, fc.constantFrom('', '-2', '-1234567'), (value, suffix) => {
        expect(Username.safeParse(placeholderUsername(value, suffix)).error).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });
});
