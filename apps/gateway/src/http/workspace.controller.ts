import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { workspacesApi } from '#contracts/http/workspace.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';

@Controller()
export class WorkspaceController {
  constructor(private readonly bus: Bus) {}

  @Route(workspacesApi.list)
  async list(_: InputOf<typeof workspacesApi.list>, call: RequestCall) {
    return this.bus.relay(workspaceRpc.list, {}, { within: call });
  }

  @Route(workspacesApi.create)
  async create({ body }: InputOf<typeof workspacesApi.create>, call: RequestCall) {
    return this.bus.relay(workspaceRpc.create, body, { within: call });
  }

  @Route(workspacesApi.get)
  async get({ params }: InputOf<typeof workspacesApi.get>, call: RequestCall) {
    return this.bus.relay(workspaceRpc.get, { workspace_id: params.id }, { within: call });
  }

  @Route(workspacesApi.update)
  async update({ params, body }: InputOf<typeof workspacesApi.update>, call: RequestCall) {
    return this.bus.relay(workspaceRpc.update, { workspace_id: params.id, ...body }, { within: call });
  }

  @Route(workspacesApi.delete)
  async delete({ params }: InputOf<typeof workspacesApi.delete>, call: RequestCall) {
    return this.bus.relay(workspaceRpc.delete, { workspace_id: params.id }, { within: call });
  }

  @Route(workspacesApi.listMembers)
  async listMembers({ params, query }: InputOf<typeof workspacesApi.listMembers>, call: RequestCall) {
    return this.bus.relay(workspaceRpc.listMembers, { workspace_id: params.id, ...query }, { within: call });
  }

  @Route(workspacesApi.setRole)
  async setRole({ params, body }: InputOf<typeof workspacesApi.setRole>, call: RequestCall) {
    return this.bus.relay(
      workspaceRpc.setRole,
      { workspace_id: params.id, user_id: params.user_id, ...body },
      { within: call },
    );
  }

  @Route(workspacesApi.removeMember)
  async removeMember({ params }: InputOf<typeof workspacesApi.removeMember>, call: RequestCall) {
    return this.bus.relay(
      workspaceRpc.removeMember,
      { workspace_id: params.id, user_id: params.user_id },
      { within: call },
    );
  }
}
