import { Inject, Injectable } from '@nestjs/common';
import type { UserCaller } from '#bus/bus.js';
import type { ClientInfo, Login, Session } from '#contracts/auth.contract.js';
import { FechatterError, notFound } from '#contracts/error.js';
import { addressKey } from '#domain/address-key.js';
import { Logger } from '#telemetry/logger.js';
import { authConfig, type AuthConfig } from '../auth.config.js';
import { AccessTokenService } from '../key/access-token.service.js';
import { deriveKey } from '../key/derive-key.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { hashOfToken, newOpaqueToken, successorOfToken } from './opaque-token.js';
import { RefreshRepository, type RefreshedUser } from './refresh.repository.js';
import { SessionRepository } from './session.repository.js';

/** Opens, continues, lists and ends sessions. */
@Injectable()
export class SessionService {
  private readonly logger = new Logger('auth.session');
  private readonly successorKey: Buffer;

  constructor(
    private readonly sessions: SessionRepository,
    private readonly refreshes: RefreshRepository,
    private readonly tokens: AccessTokenService,
    private readonly revocations: RevocationService,
    @Inject(authConfig) private readonly config: AuthConfig,
  ) {
    this.successorKey = deriveKey(config.FECHATTER_SECRET, 'refresh-tokens');
  }

  /** Signs the user in; undefined when the password was changed after it was proven. */
  async open(user: RefreshedUser, credentialVersion: number, client: ClientInfo): Promise<Login | undefined> {
    const refreshToken = newOpaqueToken();
    const sessionId = await this.sessions.open({
      userId: user.id,
      credentialVersion,
      client,
      seconds: this.config.SESSION_SECONDS,
      refreshTokenHash: hashOfToken(refreshToken),
    });
    return sessionId === undefined ? undefined : this.signIn(user, sessionId, refreshToken);
  }

  /** A new pair for a refresh token; UNAUTHORIZED for one that is unknown, expired or was used before. */
  async refresh(refreshToken: string, client: ClientInfo): Promise<Login> {
    const successor = successorOfToken(this.successorKey, refreshToken);
    const outcome = await this.refreshes.rotate({
      tokenHash: hashOfToken(refreshToken),
      successorHash: hashOfToken(successor),
      client,
      graceSeconds: this.config.REFRESH_GRACE_SECONDS,
      sessionSeconds: this.config.SESSION_SECONDS,
    });
    if (outcome.kind === 'continued') return this.signIn(outcome.user, outcome.sessionId, successor);
    if (outcome.kind === 'reused') {
      this.revocations.announce(outcome.revocations);
      this.logger.warn('A spent refresh token came again: its session was ended', { revoked: outcome.revocations });
    }
    throw new FechatterError('UNAUTHORIZED', 'This refresh token is not valid any more. Sign in again.');
  }

  /** Ends the caller's session; one that has ended already stays ended. */
  async logout(caller: UserCaller): Promise<void> {
    this.revocations.announce(await this.sessions.end(caller.user_id, caller.session_id));
  }

  /** Whether a live session of the account was used last from that address, or from that customer's network. */
  async isKnownAddress(email: string, address: string): Promise<boolean> {
    const key = addressKey(address);
    return (await this.sessions.addresses(email)).some((known) => addressKey(known) === key);
  }

  async list(caller: UserCaller): Promise<Session[]> {
    await this.requireLive(caller);
    const rows = await this.sessions.list(caller.user_id);
    return rows.map(({ created_at, last_used_at, ...row }) => ({
      ...row,
      created_at: created_at.toISOString(),
      last_used_at: last_used_at.toISOString(),
      current: row.id === caller.session_id,
    }));
  }

  async revoke(caller: UserCaller, sessionId: number): Promise<void> {
    await this.requireLive(caller);
    const ended = await this.sessions.end(caller.user_id, sessionId);
    if (ended.length === 0) throw notFound('session');
    this.revocations.announce(ended);
  }

  /** A token outlives its session by minutes; what is done to sessions takes a live one. */
  private async requireLive({ user_id, session_id }: UserCaller): Promise<void> {
    if (!(await this.sessions.isLive(user_id, session_id))) throw new FechatterError('UNAUTHORIZED');
  }

  private async signIn(user: RefreshedUser, sessionId: number, refreshToken: string): Promise<Login> {
    const { id, email, username, avatar_url } = user;
    const { token, expiresAt } = await this.tokens.issue(id, sessionId);
    return {
      token,
      refresh_token: refreshToken,
      user: { id, email, username, avatar_url },
      expires_at: expiresAt.toISOString(),
    };
  }
}
