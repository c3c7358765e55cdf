import { Injectable } from '@nestjs/common';
import type { UserCaller } from '#bus/bus.js';
import type { authRpc, Identity } from '#contracts/auth.contract.js';
import type { ReplyOf } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';
import { hashOfToken, newOpaqueToken } from '../session/opaque-token.js';
import { TicketRepository } from './ticket.repository.js';

/** Tickets stand for an access token where a browser can send none: in the address of a realtime connection. */
@Injectable()
export class TicketService {
  constructor(private readonly tickets: TicketRepository) {}

  /** A ticket for one connection within 30 seconds; it is good for no longer than the caller's access token. */
  async create(caller: UserCaller): Promise<ReplyOf<typeof authRpc.createTicket>> {
    const ticket = newOpaqueToken();
    const expiresAt = await this.tickets.create({
      hash: hashOfToken(ticket),
      userId: caller.user_id,
      sessionId: caller.session_id,
      accessExpiresAt: caller.expires_at,
    });
    if (expiresAt === undefined) throw new FechatterError('UNAUTHORIZED');
    return { ticket, expires_at: expiresAt.toISOString() };
  }

  /** For whom the ticket speaks; a second time, too late, or after the session's end UNAUTHORIZED. */
  async redeem(ticket: string): Promise<Identity> {
    const redeemed = await this.tickets.redeem(hashOfToken(ticket));
    if (redeemed === undefined) {
      throw new FechatterError('UNAUTHORIZED', 'This ticket is used, expired or unknown. Ask for a new one.');
    }
    const { user_id, session_id, access_expires_at } = redeemed;
    return { user_id, session_id, expires_at: Math.floor(access_expires_at.getTime() / 1000) };
  }
}
