import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { reactionsApi } from '#contracts/http/reaction.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { reactionRpc } from '#contracts/reaction.contract.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';

@Controller()
export class ReactionController {
  constructor(private readonly bus: Bus) {}

  @Route(reactionsApi.add)
  async add({ params, body }: InputOf<typeof reactionsApi.add>, call: RequestCall) {
    return this.bus.relay(reactionRpc.add, { message_id: params.id, ...body }, { within: call });
  }

  @Route(reactionsApi.remove)
  async remove({ params }: InputOf<typeof reactionsApi.remove>, call: RequestCall) {
    return this.bus.relay(reactionRpc.remove, { message_id: params.id, emoji: params.emoji }, { within: call });
  }
}
