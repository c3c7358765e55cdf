import { describe, expect, it } from '@jest/globals';
import { deriveKey } from './derive-key.js';
import { seal, unseal } from './sealed-key.js';

const key = deriveKey('a secret that is long enough', 'signing-keys');

describe('a sealed key', () => {
  it('opens with the secret that sealed it', () => {
    expect(unseal(key, 'kid-1', seal(key, 'kid-1', 'private'))).toBe('private');
  });

  it('is never sealed twice to the same bytes, nor shows the key', () => {
    const sealed = seal(key, 'kid-1', 'private');
    expect(sealed.equals(seal(key, 'kid-1', 'private'))).toBe(false);
    expect(sealed.includes('private')).toBe(false);
  });

  it('does not open with another secret, under another kid, or changed', () => {
    const sealed = seal(key, 'kid-1', 'private');
    expect(() => unseal(deriveKey('another secret, as long', 'signing-keys'), 'kid-1', sealed)).toThrow();
    expect(() => unseal(deriveKey('a secret that is long enough', 'refresh-tokens'), 'kid-1', sealed)).toThrow();
    expect(() => unseal(key, 'kid-2', sealed)).toThrow();
    for (const at of [0, 15, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => unseal(key, 'kid-1', changed)).toThrow();
    }
  });
});
