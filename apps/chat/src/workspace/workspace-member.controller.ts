import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { WorkspaceMemberService } from './workspace-member.service.js';

/** Members of workspaces on the bus. */
@Controller()
export class WorkspaceMemberController {
  constructor(private readonly members: WorkspaceMemberService) {}

  @Handle(workspaceRpc.listMembers)
  list(
    { workspace_id, limit, cursor }: RequestOf<typeof workspaceRpc.listMembers>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.listMembers>> {
    return this.members.list(userOf(context).user_id, workspace_id, limit, cursor);
  }

  @Handle(workspaceRpc.setRole)
  setRole(
    { workspace_id, user_id, role }: RequestOf<typeof workspaceRpc.setRole>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.setRole>> {
    return this.members.setRole(userOf(context).user_id, workspace_id, user_id, role);
  }

  @Handle(workspaceRpc.removeMember)
  remove(
    { workspace_id, user_id }: RequestOf<typeof workspaceRpc.removeMember>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.removeMember>> {
    return this.members.remove(userOf(context).user_id, workspace_id, user_id);
  }

  @Handle(workspaceRpc.visibleUsers)
  visible(
    { workspace_id, ids }: RequestOf<typeof workspaceRpc.visibleUsers>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.visibleUsers>> {
    return this.members.visible(userOf(context).user_id, workspace_id, ids);
  }
}
