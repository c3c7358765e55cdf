import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { Encoded } from '#bus/encoded.js';
import type { RequestOf } from '#contracts/contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { ThreadService } from './thread.service.js';

/** Threads on the bus. */
@Controller()
export class ThreadController {
  constructor(private readonly threads: ThreadService) {}

  @Handle(messageRpc.thread)
  thread({ message_id, limit, ...range }: RequestOf<typeof messageRpc.thread>, context: CallContext): Promise<Encoded> {
    return this.threads.list(userOf(context).user_id, message_id, range, limit);
  }
}
