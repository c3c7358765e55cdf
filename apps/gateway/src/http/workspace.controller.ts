import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { workspacesApi } from '#contracts/http/workspace.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { Route } from './route.decorator.js';

@Controller()
export class WorkspaceController {
  constructor(private readonly bus: Bus) {}

  @Route(workspacesApi.list)
  async list() {
    return this.bus.call(workspaceRpc.list, {});
  }

  @Route(workspacesApi.create)
  async create({ body }: InputOf<typeof workspacesApi.create>) {
    return this.bus.call(workspaceRpc.create, body);
  }

  @Route(workspacesApi.get)
  async get({ params }: InputOf<typeof workspacesApi.get>) {
    return this.bus.call(workspaceRpc.get, { workspace_id: params.id });
  }

  @Route(workspacesApi.update)
  async update({ params, body }: InputOf<typeof workspacesApi.update>) {
    return this.bus.call(workspaceRpc.update, { workspace_id: params.id, ...body });
  }

  @Route(workspacesApi.delete)
  async delete({ params }: InputOf<typeof workspacesApi.delete>) {
    return this.bus.call(workspaceRpc.delete, { workspace_id: params.id });
  }

  @Route(workspacesApi.listMembers)
  async listMembers({ params, query }: InputOf<typeof workspacesApi.listMembers>) {
    return this.bus.call(workspaceRpc.listMembers, { workspace_id: params.id, ...query });
  }

  @Route(workspacesApi.setRole)
  async setRole({ params, body }: InputOf<typeof workspacesApi.setRole>) {
    return this.bus.call(workspaceRpc.setRole, { workspace_id: params.id, user_id: params.user_id, ...body });
  }

  @Route(workspacesApi.removeMember)
  async removeMember({ params }: InputOf<typeof workspacesApi.removeMember>) {
    return this.bus.call(workspaceRpc.removeMember, { workspace_id: params.id, user_id: params.user_id });
  }
}
