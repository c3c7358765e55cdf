import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';

const ticketSeconds = 30;

const create = sql(
  'auth.ticket.create',
  `INSERT INTO auth.tickets (ticket_hash, session_id, access_expires_at, expires_at)
   SELECT $1, id, to_timestamp($4::double precision), clock_timestamp() + make_interval(secs => ${ticketSeconds})
   FROM auth.sessions WHERE id = $3 AND user_id = $2 AND expires_at > clock_timestamp()
   RETURNING expires_at`,
);

const redeem = sql(
  'auth.ticket.redeem',
  `DELETE FROM auth.tickets t USING auth.sessions s
   WHERE t.ticket_hash = $1 AND t.expires_at > clock_timestamp() AND t.access_expires_at > clock_timestamp()
     AND s.id = t.session_id AND s.expires_at > clock_timestamp()
   RETURNING s.user_id, s.id AS session_id, t.access_expires_at`,
);

/** Tickets for realtime connections. */
@Injectable()
export class TicketRepository {
  constructor(private readonly database: Database) {}

  /**
   * When the new ticket expires; undefined when the session is not live. `accessExpiresAt`: epoch seconds, the end of
   * the access token that asked.
   */
  async create(ticket: {
    hash: Buffer;
    userId: number;
    sessionId: number;
    accessExpiresAt: number;
  }): Promise<Date | undefined> {
    const { hash, userId, sessionId, accessExpiresAt } = ticket;
    const params = [hash, userId, sessionId, accessExpiresAt];
    const [row] = await this.database.query<{ expires_at: Date }>(create, params);
    return row?.expires_at;
  }

  /** Uses the ticket up; undefined when it is unknown, used, expired, or its session has ended. */
  async redeem(hash: Buffer): Promise<{ user_id: number; session_id: number; access_expires_at: Date } | undefined> {
    const [row] = await this.database.query<{ user_id: number; session_id: number; access_expires_at: Date }>(redeem, [
      hash,
    ]);
    return row;
  }
}
