import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import type { UserCaller } from '#bus/bus.js';
import { Identity } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { KeyStore } from './key-store.js';
import { SessionRevocations } from './session-revocations.js';

const maxTokenLength = 4_096;

/** Says for whom an access token speaks. Verified tokens are remembered until they expire or their session ends. */
@Injectable()
export class TokenVerifier {
  private readonly verified = new LRUCache<string, UserCaller>({ max: 50_000 });

  constructor(
    private readonly keys: KeyStore,
    private readonly revocations: SessionRevocations,
  ) {}

  /** For whom a token speaks that was verified before and is live; undefined where `verify` has to tell. */
  recall(token: string): UserCaller | undefined {
    const known = this.verified.get(token);
    return known !== undefined && this.isKnownLive(known) ? known : undefined;
  }

  /** Whether the token of a caller is known to be live still; false where `verify` has to tell. */
  isKnownLive(caller: UserCaller): boolean {
    return this.revocations.areFresh && this.isLive(caller);
  }

  /** Throws UNAUTHORIZED for whatever is not a live access token of ours, UNAVAILABLE when that cannot be told. */
  async verify(token: string): Promise<UserCaller> {
    if (!this.revocations.areFresh) await this.revocations.refresh();
    const known = this.verified.get(token);
    const caller = known ?? { kind: 'user' as const, ...(await this.check(token)) };
    if (!this.isLive(caller)) {
      this.verified.delete(token);
      throw new FechatterError('UNAUTHORIZED');
    }
    if (known === undefined) this.verified.set(token, caller);
    return caller;
  }

  private isLive({ expires_at, session_id }: UserCaller): boolean {
    return expires_at * 1000 > Date.now() && !this.revocations.isRevoked(session_id);
  }

  private async check(token: string): Promise<Identity> {
    if (token.length > maxTokenLength) throw new FechatterError('UNAUTHORIZED');
    try {
      const { payload } = await jwtVerify(token, async ({ kid }) => this.keyOf(kid), {
        algorithms: ['EdDSA'],
        issuer: 'fechatter',
        audience: 'fechatter',
        typ: 'at+jwt',
        requiredClaims: ['exp', 'iat', 'sub', 'sid'],
        maxTokenAge: '15m',
        clockTolerance: 5,
      });
      return identityOf(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new FechatterError('UNAUTHORIZED');
      throw error;
    }
  }

  private async keyOf(kid: string | undefined) {
    const key = kid === undefined ? undefined : await this.keys.find(kid);
    if (key === undefined) throw new FechatterError('UNAUTHORIZED');
    return key;
  }
}

/** A token under our own signature that does not name a user and a session is nobody's. */
function identityOf({ sub, sid, exp }: JWTPayload): Identity {
  const identity = Identity.safeParse({ user_id: Number(sub), session_id: Number(sid), expires_at: exp });
  if (!identity.success) throw new FechatterError('UNAUTHORIZED');
  return identity.data;
}
