import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { logRpc } from '#contracts/log.contract.js';
import { HeadService } from './head.service.js';
import { LogService } from './log.service.js';
import { PlaceService } from './place.service.js';

/** Reads of the logs on the bus. */
@Controller()
export class LogController {
  constructor(
    private readonly logs: LogService,
    private readonly heads: HeadService,
    private readonly placesOf: PlaceService,
  ) {}

  @Handle(logRpc.read)
  read(range: RequestOf<typeof logRpc.read>, context: CallContext): Promise<ReplyOf<typeof logRpc.read>> {
    return this.logs.read(userOf(context).user_id, range);
  }

  @Handle(logRpc.follow)
  follow(range: RequestOf<typeof logRpc.follow>): Promise<ReplyOf<typeof logRpc.follow>> {
    return this.logs.follow(range);
  }

  @Handle(logRpc.recentHeads)
  recentHeads({
    after_chat_id,
    limit,
  }: RequestOf<typeof logRpc.recentHeads>): Promise<ReplyOf<typeof logRpc.recentHeads>> {
    return this.heads.recent(after_chat_id, limit);
  }

  @Handle(logRpc.allHeads)
  allHeads({ after_chat_id, limit }: RequestOf<typeof logRpc.allHeads>): Promise<ReplyOf<typeof logRpc.allHeads>> {
    return this.heads.all(after_chat_id, limit);
  }

  @Handle(logRpc.changedSince)
  changedSince(
    { since }: RequestOf<typeof logRpc.changedSince>,
    context: CallContext,
  ): Promise<ReplyOf<typeof logRpc.changedSince>> {
    return this.logs.changedSince(userOf(context).user_id, since);
  }

  @Handle(logRpc.places)
  places({ user_ids }: RequestOf<typeof logRpc.places>): Promise<ReplyOf<typeof logRpc.places>> {
    return this.placesOf.users(user_ids);
  }

  @Handle(logRpc.smallChats)
  async smallChats({ chat_ids }: RequestOf<typeof logRpc.smallChats>): Promise<ReplyOf<typeof logRpc.smallChats>> {
    return { chat_ids: await this.placesOf.small(chat_ids) };
  }

  @Handle(logRpc.inboxVersions)
  async inboxVersions({
    user_ids,
  }: RequestOf<typeof logRpc.inboxVersions>): Promise<ReplyOf<typeof logRpc.inboxVersions>> {
    return { versions: await this.heads.inboxVersions(user_ids) };
  }
}
