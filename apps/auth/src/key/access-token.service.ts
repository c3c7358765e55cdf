import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { authConfig, type AuthConfig } from '../auth.config.js';
import { KeyService } from './key.service.js';

export interface AccessToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Signs the tokens that services verify by themselves: a JWT of type `at+jwt` (RFC 9068) under EdDSA. */
@Injectable()
export class AccessTokenService {
  constructor(
    private readonly keys: KeyService,
    @Inject(authConfig) private readonly config: AuthConfig,
  ) {}

  /** For one user and one session of theirs. */
  async issue(userId: number, sessionId: number): Promise<AccessToken> {
    const { kid, privateKey } = this.keys.current();
    const issuedAt = Math.floor(Date.now() / 1000);
    const expiresAt = issuedAt + this.config.ACCESS_TOKEN_SECONDS;
    const token = await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
      .setIssuer('fechatter')
      .setAudience('fechatter')
      .setSubject(String(userId))
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(privateKey);
    return { token, expiresAt: new Date(expiresAt * 1000) };
  }
}
