import { hkdfSync } from 'node:crypto';

/** A key of 32 bytes for one purpose out of the installation's secret. Other purposes tell nothing about it. */
export function deriveKey(secret: string, purpose: 'signing-keys' | 'refresh-tokens'): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `fechatter/auth/${purpose}`, 32));
}
