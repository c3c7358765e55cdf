import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import { authRpc } from '#contracts/auth.contract.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { SessionService } from './session.service.js';

/** Sessions on the bus. */
@Controller()
export class SessionController {
  constructor(private readonly sessions: SessionService) {}

  @Handle(authRpc.refresh)
  refresh({ refresh_token, client }: RequestOf<typeof authRpc.refresh>): Promise<ReplyOf<typeof authRpc.refresh>> {
    return this.sessions.refresh(refresh_token, client);
  }

  @Handle(authRpc.isKnownAddress)
  async isKnownAddress({
    email,
    address,
  }: RequestOf<typeof authRpc.isKnownAddress>): Promise<ReplyOf<typeof authRpc.isKnownAddress>> {
    return { is_known: await this.sessions.isKnownAddress(email, address) };
  }

  @Handle(authRpc.logout)
  async logout(
    _request: RequestOf<typeof authRpc.logout>,
    context: CallContext,
  ): Promise<ReplyOf<typeof authRpc.logout>> {
    await this.sessions.logout(userOf(context));
    return {};
  }

  @Handle(authRpc.listSessions)
  async list(
    _request: RequestOf<typeof authRpc.listSessions>,
    context: CallContext,
  ): Promise<ReplyOf<typeof authRpc.listSessions>> {
    return { sessions: await this.sessions.list(userOf(context)) };
  }

  @Handle(authRpc.revokeSession)
  async revoke(
    { session_id }: RequestOf<typeof authRpc.revokeSession>,
    context: CallContext,
  ): Promise<ReplyOf<typeof authRpc.revokeSession>> {
    await this.sessions.revoke(userOf(context), session_id);
    return {};
  }
}
