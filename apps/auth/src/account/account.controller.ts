import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import { authRpc } from '#contracts/auth.contract.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { CredentialService } from '../credential/credential.service.js';
import { AccountService } from './account.service.js';

/** Accounts on the bus. */
@Controller()
export class AccountController {
  constructor(
    private readonly accounts: AccountService,
    private readonly credentials: CredentialService,
  ) {}

  @Handle(authRpc.register)
  register({ client, ...account }: RequestOf<typeof authRpc.register>): Promise<ReplyOf<typeof authRpc.register>> {
    return this.accounts.register(account, client);
  }

  @Handle(authRpc.login)
  login({ email, password, client }: RequestOf<typeof authRpc.login>): Promise<ReplyOf<typeof authRpc.login>> {
    return this.accounts.login(email, password, client);
  }

  @Handle(authRpc.changePassword)
  async changePassword(
    { current_password, new_password }: RequestOf<typeof authRpc.changePassword>,
    context: CallContext,
  ): Promise<ReplyOf<typeof authRpc.changePassword>> {
    await this.credentials.change(userOf(context), current_password, new_password);
    return {};
  }
}
