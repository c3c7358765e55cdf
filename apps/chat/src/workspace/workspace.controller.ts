import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { DeletionService } from './deletion.service.js';
import { WorkspaceService } from './workspace.service.js';

/** Workspaces on the bus. */
@Controller()
export class WorkspaceController {
  constructor(
    private readonly workspaces: WorkspaceService,
    private readonly deletions: DeletionService,
  ) {}

  @Handle(workspaceRpc.ensurePersonal)
  ensurePersonal({
    user_id,
    username,
  }: RequestOf<typeof workspaceRpc.ensurePersonal>): Promise<ReplyOf<typeof workspaceRpc.ensurePersonal>> {
    return this.workspaces.ensurePersonal(user_id, username);
  }

  @Handle(workspaceRpc.list)
  async list(
    _request: RequestOf<typeof workspaceRpc.list>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.list>> {
    return { workspaces: await this.workspaces.list(userOf(context).user_id) };
  }

  @Handle(workspaceRpc.create)
  create(
    { name }: RequestOf<typeof workspaceRpc.create>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.create>> {
    return this.workspaces.create(userOf(context).user_id, name);
  }

  @Handle(workspaceRpc.get)
  get(
    { workspace_id }: RequestOf<typeof workspaceRpc.get>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.get>> {
    return this.workspaces.get(userOf(context).user_id, workspace_id);
  }

  @Handle(workspaceRpc.update)
  update(
    { workspace_id, name }: RequestOf<typeof workspaceRpc.update>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.update>> {
    return this.workspaces.rename(userOf(context).user_id, workspace_id, name);
  }

  @Handle(workspaceRpc.delete)
  async delete(
    { workspace_id }: RequestOf<typeof workspaceRpc.delete>,
    context: CallContext,
  ): Promise<ReplyOf<typeof workspaceRpc.delete>> {
    await this.deletions.delete(userOf(context).user_id, workspace_id);
    return {};
  }
}
