import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import { chatRpc } from '#contracts/chat.contract.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { MemberService } from './member.service.js';

/** Members of chats on the bus. */
@Controller()
export class MemberController {
  constructor(private readonly members: MemberService) {}

  @Handle(chatRpc.join)
  join({ chat_id }: RequestOf<typeof chatRpc.join>, context: CallContext): Promise<ReplyOf<typeof chatRpc.join>> {
    return this.members.join(userOf(context).user_id, chat_id);
  }

  @Handle(chatRpc.leave)
  leave({ chat_id }: RequestOf<typeof chatRpc.leave>, context: CallContext): Promise<ReplyOf<typeof chatRpc.leave>> {
    return this.members.leave(userOf(context).user_id, chat_id);
  }

  @Handle(chatRpc.listMembers)
  list(
    { chat_id, limit, cursor }: RequestOf<typeof chatRpc.listMembers>,
    context: CallContext,
  ): Promise<ReplyOf<typeof chatRpc.listMembers>> {
    return this.members.list(userOf(context).user_id, chat_id, limit, cursor);
  }

  @Handle(chatRpc.addMembers)
  async add(
    { chat_id, user_ids, role }: RequestOf<typeof chatRpc.addMembers>,
    context: CallContext,
  ): Promise<ReplyOf<typeof chatRpc.addMembers>> {
    return { members: await this.members.addMany(userOf(context).user_id, chat_id, user_ids, role) };
  }

  @Handle(chatRpc.setRole)
  setRole(
    { chat_id, user_id, role }: RequestOf<typeof chatRpc.setRole>,
    context: CallContext,
  ): Promise<ReplyOf<typeof chatRpc.setRole>> {
    return this.members.setRole(userOf(context).user_id, chat_id, user_id, role);
  }

  @Handle(chatRpc.removeMember)
  remove(
    { chat_id, user_id }: RequestOf<typeof chatRpc.removeMember>,
    context: CallContext,
  ): Promise<ReplyOf<typeof chatRpc.removeMember>> {
    return this.members.removeOne(userOf(context).user_id, chat_id, user_id);
  }
}
