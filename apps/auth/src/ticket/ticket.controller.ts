import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import { authRpc } from '#contracts/auth.contract.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { TicketService } from './ticket.service.js';

/** Tickets on the bus. */
@Controller()
export class TicketController {
  constructor(private readonly tickets: TicketService) {}

  @Handle(authRpc.createTicket)
  create(
    _request: RequestOf<typeof authRpc.createTicket>,
    context: CallContext,
  ): Promise<ReplyOf<typeof authRpc.createTicket>> {
    return this.tickets.create(userOf(context));
  }

  @Handle(authRpc.redeemTicket)
  redeem({ ticket }: RequestOf<typeof authRpc.redeemTicket>): Promise<ReplyOf<typeof authRpc.redeemTicket>> {
    return this.tickets.redeem(ticket);
  }
}
