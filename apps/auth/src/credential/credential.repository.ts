import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { Revocation } from '#contracts/auth.contract.js';
import { RevocationRepository } from '../revocation/revocation.repository.js';
import { SessionRepository } from '../session/session.repository.js';
import type { CredentialEntity } from './credential.entity.js';

export type Credential = Pick<CredentialEntity, 'password_hash' | 'version'>;

const find = sql(
  'auth.credential.find',
  `SELECT c.password_hash, c.version FROM auth.credentials c
   JOIN auth.sessions s ON s.user_id = c.user_id AND s.id = $2 AND s.expires_at > clock_timestamp()
   WHERE c.user_id = $1`,
);

const rehash = sql(
  'auth.credential.rehash',
  'UPDATE auth.credentials SET password_hash = $3 WHERE user_id = $1 AND version = $2',
);

const change = sql(
  'auth.credential.change',
  `UPDATE auth.credentials SET password_hash = $3, version = version + 1
   WHERE user_id = $1 AND version = $2 RETURNING version`,
);

/** What users prove themselves with. */
@Injectable()
export class CredentialRepository {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionRepository,
    private readonly revocations: RevocationRepository,
  ) {}

  /** The credential of the user whose live session asks. */
  async find(userId: number, sessionId: number): Promise<Credential | undefined> {
    const [row] = await this.database.query<Credential>(find, [userId, sessionId]);
    return row;
  }

  /** Stores the same password hashed anew, unless it was changed in the meantime. */
  async rehash(userId: number, version: number, passwordHash: string): Promise<void> {
    await this.database.query(rehash, [userId, version, passwordHash]);
  }

  /**
   * Stores a new password and ends all sessions but `keptSessionId`, whatever logs in meanwhile with the old one.
   * Undefined when the password is not of this version any more.
   */
  async change(
    userId: number,
    version: number,
    passwordHash: string,
    keptSessionId: number,
  ): Promise<Revocation[] | undefined> {
    return this.database.transaction(async (transaction) => {
      const changed = await transaction.query(change, [userId, version, passwordHash]);
      if (changed.length === 0) return undefined;
      const ended = await this.sessions.endOthers(transaction, userId, keptSessionId);
      return this.revocations.record(transaction, ended);
    });
  }
}
