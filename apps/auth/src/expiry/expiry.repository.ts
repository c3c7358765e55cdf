import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';

/** Rows of one run: the rest waits for the next, so that no statement takes long. Whoever holds one is not waited for. */
const batch = 5_000;

const sessions = sql(
  'auth.expiry.sessions',
  `DELETE FROM auth.sessions WHERE id IN (
     SELECT id FROM auth.sessions WHERE expires_at < clock_timestamp()
     ORDER BY expires_at LIMIT ${batch} FOR UPDATE SKIP LOCKED
   ) RETURNING id`,
);

const tickets = sql(
  'auth.expiry.tickets',
  `DELETE FROM auth.tickets WHERE ticket_hash IN (
     SELECT ticket_hash FROM auth.tickets WHERE expires_at < clock_timestamp() LIMIT ${batch} FOR UPDATE SKIP LOCKED
   )`,
);

const revocations = sql(
  'auth.expiry.revocations',
  'DELETE FROM auth.revocations WHERE revoked_at < clock_timestamp() - make_interval(secs => $1)',
);

/** Deletes what has run out. */
@Injectable()
export class ExpiryRepository {
  constructor(private readonly database: Database) {}

  async deleteSessions(): Promise<void> {
    await this.database.query(sessions);
  }

  async deleteTickets(): Promise<void> {
    await this.database.query(tickets);
  }

  /** Those older than so many seconds. The newest id stays known. */
  async deleteRevocations(olderThanSeconds: number): Promise<void> {
    await this.database.query(revocations, [olderThanSeconds]);
  }
}
