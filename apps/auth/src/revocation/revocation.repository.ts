import { Injectable } from '@nestjs/common';
import type { Revocation } from '#contracts/auth.contract.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';

/** A session that a transaction has just deleted. */
export interface EndedSession {
  readonly session_id: number;
  readonly user_id: number;
}

const record = sql(
  'auth.revocation.record',
  `WITH head AS (
     UPDATE auth.revocation_head SET last_id = last_id + cardinality($1::bigint[]) RETURNING last_id
   )
   INSERT INTO auth.revocations (id, session_id, user_id, revoked_at)
   SELECT head.last_id - cardinality($1::bigint[]) + e.n, e.session_id, e.user_id, clock_timestamp()
   FROM head, unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS e (session_id, user_id, n)
   RETURNING id, user_id, session_id`,
);

const list = sql(
  'auth.revocation.list',
  `SELECT h.last_id, r.id, r.user_id, r.session_id FROM auth.revocation_head h
   LEFT JOIN LATERAL (
     SELECT id, user_id, session_id FROM auth.revocations WHERE id > $1 ORDER BY id LIMIT $2
   ) r ON true ORDER BY r.id`,
);

/** The dense log of sessions that ended early. */
@Injectable()
export class RevocationRepository {
  constructor(private readonly database: Database) {}

  /** Has to be the last of a transaction: from here to the commit no other revocation can be written. */
  async record(transaction: Transaction, ended: readonly EndedSession[]): Promise<Revocation[]> {
    if (ended.length === 0) return [];
    const sessionIds = ended.map(({ session_id }) => session_id);
    const userIds = ended.map(({ user_id }) => user_id);
    return transaction.query<Revocation>(record, [sessionIds, userIds]);
  }

  /** What follows `after`, in order, and the newest id of all, from one snapshot. */
  async list(after: number, limit: number): Promise<{ revocations: Revocation[]; newestId: number }> {
    const rows = await this.database.query<{ last_id: number } & (Revocation | { id: null })>(list, [after, limit]);
    const revocations = rows.flatMap((row) =>
      row.id === null ? [] : [{ id: row.id, user_id: row.user_id, session_id: row.session_id }],
    );
    return { revocations, newestId: rows[0]?.last_id ?? 0 };
  }
}
