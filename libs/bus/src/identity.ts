import { createHmac, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { FechatterError } from '#contracts/error.js';
import { Id } from '#contracts/scalar.js';
import type { Caller } from './bus.js';

const CallerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('user'), user_id: Id, session_id: Id, expires_at: z.int() }),
  z.strictObject({ kind: z.literal('service'), service: z.string().min(1).max(64) }),
  z.strictObject({ kind: z.literal('anyone') }),
]);

const cacheSize = 20_000;

/**
 * Who calls, signed under the secret that only our processes know. Callers repeat, so both directions are remembered:
 * a signature costs some ten times what a look-up does. Who signs keeps its callers as objects.
 */
export class Identities {
  private readonly signed = new WeakMap<Caller, string>();
  private readonly verified = new LRUCache<string, Caller>({ max: cacheSize });

  constructor(private readonly secret: string) {}

  /** `<caller as base64url JSON>.<signature>` */
  sign(caller: Caller): string {
    const known = this.signed.get(caller);
    if (known !== undefined) return known;
    const body = Buffer.from(JSON.stringify(caller)).toString('base64url');
    const token = `${body}.${this.signature(body)}`;
    this.signed.set(caller, token);
    return token;
  }

  /** Throws UNAUTHORIZED for whatever was not signed by us. */
  verify(token: string): Caller {
    const known = this.verified.get(token);
    if (known !== undefined) return known;
    const [body = '', signature = '', ...rest] = token.split('.');
    const expected = Buffer.from(this.signature(body));
    const given = Buffer.from(signature);
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new FechatterError('UNAUTHORIZED');
    }
    const caller = CallerSchema.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
    this.verified.set(token, caller);
    return caller;
  }

  private signature(body: string): string {
    return createHmac('sha256', this.secret).update(body).digest('base64url');
  }
}
