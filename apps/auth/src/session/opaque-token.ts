import { createHash, createHmac, randomBytes } from 'node:crypto';

/** 256 random bits that mean nothing by themselves. */
export function newOpaqueToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What the database keeps of a token: who reads it cannot use it. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * The refresh token that follows another one: always the same, so that a repeated refresh can be answered again without
 * the token being stored, and unknown to whoever has the parent but not the key.
 */
export function successorOfToken(key: Buffer, parent: string): string {
  return createHmac('sha256', key).update(parent).digest('base64url');
}
