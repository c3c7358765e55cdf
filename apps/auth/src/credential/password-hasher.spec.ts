import { describe, expect, it } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import fc from 'fast-check';
import { PasswordHasher } from './password-hasher.js';

const hasher = new PasswordHasher();
const password = fc.string({ unit: 'binary', minLength: 1, maxLength: 1000 });

describe('PasswordHasher', () => {
  it('accepts a password if and only if it is the same, byte for byte', async () => {
    const pairs = fc.tuple(password, password);
    await fc.assert(
      fc.asyncProperty(pairs, async ([right, other]) => {
        const stored = await hasher.hash(right);
        expect(await hasher.verify(stored, right)).toBe(true);
        expect(await hasher.verify(stored, other)).toBe(other === right);
        expect(await hasher.verify(stored, ` ${right}`)).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  it('tells apart spellings that look the same, and sees every byte of a long password', async () => {
    const composed = await hasher.hash('caf\u00e9-au-lait');
    expect(await hasher.verify(composed, 'cafe\u0301-au-lait')).toBe(false);
    const long = 'x'.repeat(999);
    expect(await hasher.verify(await hasher.hash(`${long}a`), `${long}b`)).toBe(false);
  });

  it('makes argon2id hashes of 19 MiB, two passes and one lane, each with a salt of its own', async () => {
    const [one, two] = await Promise.all([hasher.hash('same password'), hasher.hash('same password')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
  });

  it('says no without a hash, whatever the password', async () => {
    expect(await hasher.verify(undefined, 'the password of nobody')).toBe(false);
  });

  it('finds a hash outdated when memory or passes were less', async () => {
    const weak = (options: object) =>
      hash('a password', { memoryCost: 19_456, timeCost: 2, parallelism: 1, ...options });
    expect(hasher.isOutdated(await weak({ memoryCost: 8_192 }))).toBe(true);
    expect(hasher.isOutdated(await weak({ timeCost: 1 }))).toBe(true);
    expect(hasher.isOutdated(await weak({ algorithm: 1 }))).toBe(true);
    expect(hasher.isOutdated(await weak({}))).toBe(false);
    expect(hasher.isOutdated(await weak({ timeCost: 3 }))).toBe(false);
  });
});
