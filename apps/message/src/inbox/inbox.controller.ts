import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { InboxService } from './inbox.service.js';

/** What chats a user has, on the bus. */
@Controller()
export class InboxController {
  constructor(private readonly inboxes: InboxService) {}

  @Handle(messageRpc.inbox)
  inbox(
    { workspace_id, limit, cursor }: RequestOf<typeof messageRpc.inbox>,
    context: CallContext,
  ): Promise<ReplyOf<typeof messageRpc.inbox>> {
    return this.inboxes.page(userOf(context).user_id, { workspaceId: workspace_id, cursor, limit });
  }

  @Handle(messageRpc.readableChats)
  async readableChats(
    { workspace_id, chat_ids }: RequestOf<typeof messageRpc.readableChats>,
    context: CallContext,
  ): Promise<ReplyOf<typeof messageRpc.readableChats>> {
    return { chat_ids: await this.inboxes.readable(userOf(context).user_id, workspace_id, chat_ids) };
  }
}
