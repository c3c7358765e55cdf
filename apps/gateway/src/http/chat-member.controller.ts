import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { chatRpc } from '#contracts/chat.contract.js';
import { chatMembersApi } from '#contracts/http/chat-member.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';

@Controller()
export class ChatMemberController {
  constructor(private readonly bus: Bus) {}

  @Route(chatMembersApi.list)
  async list({ params, query }: InputOf<typeof chatMembersApi.list>, call: RequestCall) {
    return this.bus.relay(chatRpc.listMembers, { chat_id: params.id, ...query }, { within: call });
  }

  @Route(chatMembersApi.add)
  async add({ params, body }: InputOf<typeof chatMembersApi.add>, call: RequestCall) {
    return this.bus.relay(chatRpc.addMembers, { chat_id: params.id, ...body }, { within: call });
  }

  @Route(chatMembersApi.setRole)
  async setRole({ params, body }: InputOf<typeof chatMembersApi.setRole>, call: RequestCall) {
    return this.bus.relay(chatRpc.setRole, { chat_id: params.id, user_id: params.user_id, ...body }, { within: call });
  }

  @Route(chatMembersApi.remove)
  async remove({ params }: InputOf<typeof chatMembersApi.remove>, call: RequestCall) {
    return this.bus.relay(chatRpc.removeMember, { chat_id: params.id, user_id: params.user_id }, { within: call });
  }
}
