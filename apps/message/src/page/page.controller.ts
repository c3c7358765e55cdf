import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import type { Encoded } from '#bus/encoded.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { PageService } from './page.service.js';

/** Reads of messages on the bus. */
@Controller()
export class PageController {
  constructor(private readonly pages: PageService) {}

  @Handle(messageRpc.list)
  list({ chat_id, limit, ...range }: RequestOf<typeof messageRpc.list>, context: CallContext): Promise<Encoded> {
    return this.pages.list(userOf(context).user_id, chat_id, range, limit);
  }

  @Handle(messageRpc.get)
  get({ message_id }: RequestOf<typeof messageRpc.get>, context: CallContext): Promise<ReplyOf<typeof messageRpc.get>> {
    return this.pages.get(userOf(context).user_id, message_id);
  }

  @Handle(messageRpc.history)
  async history(
    { message_id }: RequestOf<typeof messageRpc.history>,
    context: CallContext,
  ): Promise<ReplyOf<typeof messageRpc.history>> {
    return { edits: await this.pages.history(userOf(context).user_id, message_id) };
  }

  @Handle(messageRpc.count)
  async count({ workspace_id }: RequestOf<typeof messageRpc.count>): Promise<ReplyOf<typeof messageRpc.count>> {
    return { message_count: await this.pages.count(workspace_id) };
  }
}
