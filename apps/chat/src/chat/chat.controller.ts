import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import { chatRpc } from '#contracts/chat.contract.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { ChatCreationService } from './chat-creation.service.js';
import { ChatSettingsService } from './chat-settings.service.js';
import { ChatService } from './chat.service.js';
import { DirectService } from './direct.service.js';

/** Chats on the bus. */
@Controller()
export class ChatController {
  constructor(
    private readonly chats: ChatService,
    private readonly creation: ChatCreationService,
    private readonly directs: DirectService,
    private readonly settings: ChatSettingsService,
  ) {}

  @Handle(chatRpc.create)
  create(request: RequestOf<typeof chatRpc.create>, context: CallContext): Promise<ReplyOf<typeof chatRpc.create>> {
    return this.creation.create(userOf(context).user_id, request);
  }

  @Handle(chatRpc.direct)
  direct(
    { workspace_id, user_ids }: RequestOf<typeof chatRpc.direct>,
    context: CallContext,
  ): Promise<ReplyOf<typeof chatRpc.direct>> {
    return this.directs.open(userOf(context).user_id, workspace_id, user_ids);
  }

  @Handle(chatRpc.browse)
  browse(
    { workspace_id, q, limit, cursor }: RequestOf<typeof chatRpc.browse>,
    context: CallContext,
  ): Promise<ReplyOf<typeof chatRpc.browse>> {
    return this.chats.browse(userOf(context).user_id, workspace_id, { q, limit, cursor });
  }

  @Handle(chatRpc.get)
  get({ chat_id }: RequestOf<typeof chatRpc.get>, context: CallContext): Promise<ReplyOf<typeof chatRpc.get>> {
    return this.chats.get(userOf(context).user_id, chat_id);
  }

  @Handle(chatRpc.getMany)
  async getMany(
    { ids }: RequestOf<typeof chatRpc.getMany>,
    context: CallContext,
  ): Promise<ReplyOf<typeof chatRpc.getMany>> {
    return this.chats.getMany(userOf(context).user_id, ids);
  }

  @Handle(chatRpc.search)
  async search(
    { workspace_id, query, limit }: RequestOf<typeof chatRpc.search>,
    context: CallContext,
  ): Promise<ReplyOf<typeof chatRpc.search>> {
    return { chats: await this.chats.search(userOf(context).user_id, query, limit, workspace_id) };
  }

  @Handle(chatRpc.update)
  update(
    { chat_id, ...fields }: RequestOf<typeof chatRpc.update>,
    context: CallContext,
  ): Promise<ReplyOf<typeof chatRpc.update>> {
    return this.settings.update(userOf(context).user_id, chat_id, fields);
  }

  @Handle(chatRpc.delete)
  delete({ chat_id }: RequestOf<typeof chatRpc.delete>, context: CallContext): Promise<ReplyOf<typeof chatRpc.delete>> {
    return this.settings.delete(userOf(context).user_id, chat_id);
  }
}
