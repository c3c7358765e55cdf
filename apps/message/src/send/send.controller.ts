import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { SendService } from './send.service.js';

/** Sending on the bus. */
@Controller()
export class SendController {
  constructor(private readonly sends: SendService) {}

  @Handle(messageRpc.send)
  send(request: RequestOf<typeof messageRpc.send>, context: CallContext): Promise<ReplyOf<typeof messageRpc.send>> {
    return this.sends.send(userOf(context).user_id, request, context.deadline);
  }

  @Handle(messageRpc.sendBatch)
  sendBatch(
    request: RequestOf<typeof messageRpc.sendBatch>,
    context: CallContext,
  ): Promise<ReplyOf<typeof messageRpc.sendBatch>> {
    return this.sends.sendBatch(userOf(context).user_id, request, context.deadline);
  }

  @Handle(messageRpc.getSent)
  async getSent(
    { message_ids }: RequestOf<typeof messageRpc.getSent>,
    context: CallContext,
  ): Promise<ReplyOf<typeof messageRpc.getSent>> {
    return { messages: await this.sends.getSent(userOf(context).user_id, message_ids) };
  }
}
