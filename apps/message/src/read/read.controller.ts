import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { ReadService } from './read.service.js';

/** Read positions on the bus. */
@Controller()
export class ReadController {
  constructor(private readonly reads: ReadService) {}

  @Handle(messageRpc.read)
  read(
    { chat_id, seq }: RequestOf<typeof messageRpc.read>,
    context: CallContext,
  ): Promise<ReplyOf<typeof messageRpc.read>> {
    return this.reads.read(userOf(context).user_id, chat_id, seq);
  }
}
