import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { reactionRpc } from '#contracts/reaction.contract.js';
import { ReactionService } from './reaction.service.js';

/** Reactions on the bus. */
@Controller()
export class ReactionController {
  constructor(private readonly reactions: ReactionService) {}

  @Handle(reactionRpc.add)
  add(
    { message_id, emoji }: RequestOf<typeof reactionRpc.add>,
    context: CallContext,
  ): Promise<ReplyOf<typeof reactionRpc.add>> {
    return this.reactions.add(userOf(context).user_id, message_id, emoji);
  }

  @Handle(reactionRpc.remove)
  remove(
    { message_id, emoji }: RequestOf<typeof reactionRpc.remove>,
    context: CallContext,
  ): Promise<ReplyOf<typeof reactionRpc.remove>> {
    return this.reactions.remove(userOf(context).user_id, message_id, emoji);
  }
}
