import { Injectable } from '@nestjs/common';
import type { ClientInfo, Revocation } from '#contracts/auth.contract.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { RevocationRepository, type EndedSession } from '../revocation/revocation.repository.js';
import type { UserEntity } from '../user/user.entity.js';

export type RefreshedUser = Pick<UserEntity, 'id' | 'username' | 'avatar_url'> & { email: string };

export type RefreshOutcome =
  | { readonly kind: 'continued'; readonly sessionId: number; readonly user: RefreshedUser }
  | { readonly kind: 'reused'; readonly revocations: readonly Revocation[] }
  | { readonly kind: 'unknown' };

export interface Refresh {
  readonly tokenHash: Buffer;
  readonly successorHash: Buffer;
  readonly client: ClientInfo;
  readonly graceSeconds: number;
  readonly sessionSeconds: number;
}

/** Everything about one session happens under its lock, which comes before those of its tokens, as when it is deleted. */
const lock = sql(
  'auth.refresh.lock',
  `SELECT s.id AS session_id, u.id, u.email, u.username, u.avatar_url
   FROM auth.refresh_tokens t
   JOIN auth.sessions s ON s.id = t.session_id AND s.expires_at > clock_timestamp()
   JOIN auth.users u ON u.id = s.user_id
   WHERE t.token_hash = $1 FOR UPDATE OF s`,
);

const spend = sql(
  'auth.refresh.spend',
  `UPDATE auth.refresh_tokens SET used_at = clock_timestamp()
   WHERE token_hash = $1 AND used_at IS NULL RETURNING session_id`,
);

/** A token spent longer ago than a session lasts cannot come from a client that was ever going to use it. */
const prolong = sql(
  'auth.refresh.prolong',
  `WITH successor AS (
     INSERT INTO auth.refresh_tokens (token_hash, session_id) VALUES ($2, $1)
   ), forgotten AS (
     DELETE FROM auth.refresh_tokens
     WHERE session_id = $1 AND used_at < clock_timestamp() - make_interval(secs => $3)
   )
   UPDATE auth.sessions SET last_used_at = clock_timestamp(), address = $4, user_agent = $5,
     expires_at = clock_timestamp() + make_interval(secs => $3)
   WHERE id = $1`,
);

/** The immediate predecessor of the unused token, spent a moment ago: its answer was lost, or a second tab asks too. */
const isRepetition = sql(
  'auth.refresh.is_repetition',
  `SELECT 1 AS repeated FROM auth.refresh_tokens t
   JOIN auth.refresh_tokens s ON s.token_hash = $2 AND s.session_id = t.session_id AND s.used_at IS NULL
   WHERE t.token_hash = $1 AND t.used_at > clock_timestamp() - make_interval(secs => $3)`,
);

const end = sql('auth.refresh.end', 'DELETE FROM auth.sessions WHERE id = $1 RETURNING id AS session_id, user_id');

/** Rotation of refresh tokens. */
@Injectable()
export class RefreshRepository {
  constructor(
    private readonly database: Database,
    private readonly revocations: RevocationRepository,
  ) {}

  /**
   * Spends a token for its successor. A token that is spent already brings the same successor again within the grace
   * while that one is unused; otherwise two parties hold tokens of one session, and the session ends.
   */
  async rotate(refresh: Refresh): Promise<RefreshOutcome> {
    const { tokenHash, successorHash, client, graceSeconds, sessionSeconds } = refresh;
    return this.database.transaction(async (transaction) => {
      const [session] = await transaction.query<RefreshedUser & { session_id: number }>(lock, [tokenHash]);
      if (session === undefined) return { kind: 'unknown' };
      const { session_id: sessionId, ...user } = session;
      const continued = { kind: 'continued', sessionId, user } as const;
      if ((await transaction.query(spend, [tokenHash])).length > 0) {
        const { address, user_agent } = client;
        await transaction.query(prolong, [sessionId, successorHash, sessionSeconds, address, user_agent]);
        return continued;
      }
      const repeated = await transaction.query(isRepetition, [tokenHash, successorHash, graceSeconds]);
      return repeated.length > 0 ? continued : this.end(transaction, sessionId);
    });
  }

  private async end(transaction: Transaction, sessionId: number): Promise<RefreshOutcome> {
    const ended = await transaction.query<EndedSession>(end, [sessionId]);
    return { kind: 'reused', revocations: await this.revocations.record(transaction, ended) };
  }
}
