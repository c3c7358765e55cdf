import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { chatRpc } from '#contracts/chat.contract.js';
import { chatsApi } from '#contracts/http/chat.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { logRpc } from '#contracts/log.contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { TypingService } from '../realtime/presence/typing.service.js';
import { ChatList } from './chat-list.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';

@Controller()
export class ChatController {
  constructor(
    private readonly bus: Bus,
    private readonly chats: ChatList,
    private readonly typists: TypingService,
  ) {}

  @Route(chatsApi.list)
  async list({ query }: InputOf<typeof chatsApi.list>, call: RequestCall) {
    return this.chats.page(query, call);
  }

  @Route(chatsApi.create)
  async create({ body }: InputOf<typeof chatsApi.create>, call: RequestCall) {
    return this.bus.relay(chatRpc.create, body, { within: call });
  }

  @Route(chatsApi.direct)
  async direct({ body }: InputOf<typeof chatsApi.direct>, call: RequestCall) {
    return this.bus.relay(chatRpc.direct, body, { within: call });
  }

  @Route(chatsApi.browse)
  async browse({ query }: InputOf<typeof chatsApi.browse>, call: RequestCall) {
    return this.bus.relay(chatRpc.browse, query, { within: call });
  }

  @Route(chatsApi.get)
  async get({ params }: InputOf<typeof chatsApi.get>, call: RequestCall) {
    return this.bus.relay(chatRpc.get, { chat_id: params.id }, { within: call });
  }

  @Route(chatsApi.update)
  async update({ params, body }: InputOf<typeof chatsApi.update>, call: RequestCall) {
    return this.bus.relay(chatRpc.update, { chat_id: params.id, ...body }, { within: call });
  }

  @Route(chatsApi.delete)
  async delete({ params }: InputOf<typeof chatsApi.delete>, call: RequestCall) {
    return this.bus.relay(chatRpc.delete, { chat_id: params.id }, { within: call });
  }

  @Route(chatsApi.join)
  async join({ params }: InputOf<typeof chatsApi.join>, call: RequestCall) {
    return this.bus.relay(chatRpc.join, { chat_id: params.id }, { within: call });
  }

  @Route(chatsApi.leave)
  async leave({ params }: InputOf<typeof chatsApi.leave>, call: RequestCall) {
    return this.bus.relay(chatRpc.leave, { chat_id: params.id }, { within: call });
  }

  @Route(chatsApi.read)
  async read({ params, body }: InputOf<typeof chatsApi.read>, call: RequestCall) {
    return this.bus.relay(messageRpc.read, { chat_id: params.id, seq: body.seq }, { within: call });
  }

  @Route(chatsApi.log)
  async log({ params, query }: InputOf<typeof chatsApi.log>, call: RequestCall) {
    return this.bus.relay(logRpc.read, { chat_id: params.id, ...query }, { within: call });
  }

  @Route(chatsApi.typing)
  async typing({ params }: InputOf<typeof chatsApi.typing>, call: RequestCall) {
    await this.typists.start(params.id, call);
    return {};
  }
}
