import { Injectable } from '@nestjs/common';
import type { ClientInfo, Revocation } from '#contracts/auth.contract.js';
import { foldEmail } from '#contracts/scalar.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { RevocationRepository, type EndedSession } from '../revocation/revocation.repository.js';
import type { SessionEntity } from './session.entity.js';

export type SessionRow = Pick<SessionEntity, 'id' | 'address' | 'user_agent' | 'created_at' | 'last_used_at'>;

/** More than this nobody reads; the newest are shown. */
const maxListed = 500;
const maxAddresses = 50;

/**
 * The credential is locked against a change of the password until the session is there: a change either waits and then
 * ends this session too, or comes first and nothing is opened.
 */
const open = sql(
  'auth.session.open',
  `WITH proven AS (
     SELECT user_id FROM auth.credentials WHERE user_id = $1 AND version = $2 FOR SHARE
   ), opened AS (
     INSERT INTO auth.sessions (user_id, address, user_agent, expires_at)
     SELECT user_id, $3, $4, clock_timestamp() + make_interval(secs => $5) FROM proven RETURNING id
   ), first_token AS (
     INSERT INTO auth.refresh_tokens (token_hash, session_id) SELECT $6, id FROM opened
   )
   SELECT id FROM opened`,
);

const isLive = sql(
  'auth.session.is_live',
  'SELECT 1 AS live FROM auth.sessions WHERE id = $2 AND user_id = $1 AND expires_at > clock_timestamp()',
);

const list = sql(
  'auth.session.list',
  `SELECT id, address, user_agent, created_at, last_used_at FROM auth.sessions
   WHERE user_id = $1 AND expires_at > clock_timestamp() ORDER BY last_used_at DESC, id DESC LIMIT ${maxListed}`,
);

/** An account that is being guessed asks for this often: the newest are enough. */
const addresses = sql(
  'auth.session.addresses',
  `SELECT s.address FROM auth.users u JOIN auth.sessions s ON s.user_id = u.id AND s.expires_at > clock_timestamp()
   WHERE LOWER(u.email) = $1 ORDER BY s.last_used_at DESC LIMIT ${maxAddresses}`,
);

const end = sql(
  'auth.session.end',
  'DELETE FROM auth.sessions WHERE id = $2 AND user_id = $1 RETURNING id AS session_id, user_id',
);

/** Locked in the order of ids: two who end the same sessions cannot wait for each other. */
const endOthers = sql(
  'auth.session.end_others',
  `DELETE FROM auth.sessions WHERE id IN (
     SELECT id FROM auth.sessions WHERE user_id = $1 AND id <> $2 ORDER BY id FOR UPDATE
   ) RETURNING id AS session_id, user_id`,
);

/** Where users are signed in. */
@Injectable()
export class SessionRepository {
  constructor(
    private readonly database: Database,
    private readonly revocations: RevocationRepository,
  ) {}

  /** Id of the new session; undefined when the password was changed since it was proven. */
  async open(session: {
    userId: number;
    credentialVersion: number;
    client: ClientInfo;
    seconds: number;
    refreshTokenHash: Buffer;
  }): Promise<number | undefined> {
    const { userId, credentialVersion, client, seconds, refreshTokenHash } = session;
    const [row] = await this.database.query<{ id: number }>(open, [
      userId,
      credentialVersion,
      client.address,
      client.user_agent,
      seconds,
      refreshTokenHash,
    ]);
    return row?.id;
  }

  async isLive(userId: number, sessionId: number): Promise<boolean> {
    return (await this.database.query(isLive, [userId, sessionId])).length > 0;
  }

  /** The live sessions of a user, last used first. */
  async list(userId: number): Promise<SessionRow[]> {
    return this.database.query<SessionRow>(list, [userId]);
  }

  /** From where the sessions of an account were used last, the newest ones; none for an address that nobody has. */
  async addresses(email: string): Promise<string[]> {
    const rows = await this.database.query<{ address: string }>(addresses, [foldEmail(email)]);
    return rows.map(({ address }) => address);
  }

  /** Ends one session of the user with all its tokens; answers its revocation, nothing when there is no such session. */
  async end(userId: number, sessionId: number): Promise<Revocation[]> {
    return this.database.transaction(async (transaction) => {
      const ended = await transaction.query<EndedSession>(end, [userId, sessionId]);
      return this.revocations.record(transaction, ended);
    });
  }

  /** Ends all sessions of the user but one; the caller's transaction has to record what ended. */
  async endOthers(transaction: Transaction, userId: number, keptSessionId: number): Promise<EndedSession[]> {
    return transaction.query<EndedSession>(endOthers, [userId, keptSessionId]);
  }
}
