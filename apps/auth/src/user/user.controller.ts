import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { userRpc } from '#contracts/user.contract.js';
import { PlaceholderService } from './placeholder.service.js';
import { UserService } from './user.service.js';

/** Users on the bus. */
@Controller()
export class UserController {
  constructor(
    private readonly users: UserService,
    private readonly placeholders: PlaceholderService,
  ) {}

  @Handle(userRpc.me)
  me(_request: RequestOf<typeof userRpc.me>, context: CallContext): Promise<ReplyOf<typeof userRpc.me>> {
    return this.users.me(userOf(context));
  }

  @Handle(userRpc.updateMe)
  updateMe(
    change: RequestOf<typeof userRpc.updateMe>,
    context: CallContext,
  ): Promise<ReplyOf<typeof userRpc.updateMe>> {
    return this.users.updateMe(userOf(context), change);
  }

  @Handle(userRpc.getMany)
  async getMany({ ids }: RequestOf<typeof userRpc.getMany>): Promise<ReplyOf<typeof userRpc.getMany>> {
    return { users: await this.users.getMany(ids) };
  }

  @Handle(userRpc.findByNames)
  async findByNames({
    usernames,
  }: RequestOf<typeof userRpc.findByNames>): Promise<ReplyOf<typeof userRpc.findByNames>> {
    return { users: await this.users.findByNames(usernames) };
  }

  @Handle(userRpc.findByEmail)
  async findByEmail({ email }: RequestOf<typeof userRpc.findByEmail>): Promise<ReplyOf<typeof userRpc.findByEmail>> {
    return { user: await this.users.findByEmail(email) };
  }

  @Handle(userRpc.search)
  async search({ query, ids, limit }: RequestOf<typeof userRpc.search>): Promise<ReplyOf<typeof userRpc.search>> {
    return { users: await this.users.search(query, ids, limit) };
  }

  @Handle(userRpc.candidates)
  async candidates({ query }: RequestOf<typeof userRpc.candidates>): Promise<ReplyOf<typeof userRpc.candidates>> {
    return { user_ids: await this.users.candidates(query) };
  }

  @Handle(userRpc.ensurePlaceholders)
  async ensurePlaceholders({
    workspace_id,
    names,
  }: RequestOf<typeof userRpc.ensurePlaceholders>): Promise<ReplyOf<typeof userRpc.ensurePlaceholders>> {
    return { user_ids: await this.placeholders.ensure(workspace_id, names) };
  }
}
