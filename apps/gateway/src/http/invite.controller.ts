import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Inject } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Bus } from '#bus/bus.js';
import { invitesApi } from '#contracts/http/invite.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';

@Controller()
export class InviteController {
  constructor(
    private readonly bus: Bus,
    @Inject(gatewayConfig) private readonly config: GatewayConfig,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Where people reach the server: unless it is said, on this machine, at the port that was chosen if `PORT` is 0. */
  private get publicUrl(): string {
    const { PUBLIC_URL } = this.config;
    if (PUBLIC_URL !== undefined) return PUBLIC_URL.replace(/\/+$/, '');
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    const { port } = server.address() as AddressInfo;
    return `http://localhost:${port}`;
  }

  @Route(invitesApi.create)
  async create({ params, body }: InputOf<typeof invitesApi.create>, call: RequestCall) {
    const invite = await this.bus.call(
      workspaceRpc.createInvite,
      { workspace_id: params.id, ...body },
      { within: call },
    );
    const { invite_code, expires_at } = invite;
    return { invite_code, invite_url: `${this.publicUrl}/invite/${invite_code}`, expires_at };
  }

  @Route(invitesApi.list)
  async list({ params }: InputOf<typeof invitesApi.list>, call: RequestCall) {
    return this.bus.relay(workspaceRpc.listInvites, { workspace_id: params.id }, { within: call });
  }

  @Route(invitesApi.delete)
  async delete({ params }: InputOf<typeof invitesApi.delete>, call: RequestCall) {
    return this.bus.relay(
      workspaceRpc.deleteInvite,
      { workspace_id: params.id, invite_code: params.code },
      { within: call },
    );
  }

  @Route(invitesApi.accept)
  async accept({ params }: InputOf<typeof invitesApi.accept>, call: RequestCall) {
    return this.bus.relay(workspaceRpc.acceptInvite, { invite_code: params.code }, { within: call });
  }
}
