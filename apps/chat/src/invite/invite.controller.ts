import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { InviteService } from './invite.service.js';

/** Invites on the bus. */
@Controller()
export class InviteController {
  constructor(private readonly invites: InviteService) {}

  @Handle(workspaceRpc.createInvite)
  create(
    { workspace_id, ...body }: RequestOf<typeof workspaceRpc.createInvite>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.createInvite>> {
    return this.invites.create(userOf(context).user_id, workspace_id, body);
  }

  @Handle(workspaceRpc.listInvites)
  async list(
    { workspace_id }: RequestOf<typeof workspaceRpc.listInvites>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.listInvites>> {
    return { invites: await this.invites.list(userOf(context).user_id, workspace_id) };
  }

  @Handle(workspaceRpc.deleteInvite)
  delete(
    { workspace_id, invite_code }: RequestOf<typeof workspaceRpc.deleteInvite>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.deleteInvite>> {
    return this.invites.delete(userOf(context).user_id, workspace_id, invite_code);
  }

  @Handle(workspaceRpc.acceptInvite)
  accept(
    { invite_code }: RequestOf<typeof workspaceRpc.acceptInvite>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.acceptInvite>> {
    return this.invites.accept(userOf(context).user_id, invite_code);
  }
}
