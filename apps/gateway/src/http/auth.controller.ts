import { Controller } from '@nestjs/common';
import { Bus, userOf } from '#bus/bus.js';
import { authRpc } from '#contracts/auth.contract.js';
import { authApi } from '#contracts/http/auth.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { foldEmail } from '#contracts/scalar.js';
import { addressKey } from '#domain/address-key.js';
import { GuessLimits } from '../security/guess-limits.js';
import { KeyStore } from '../security/key-store.js';
import { self } from '../self.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';

/** Hashing a password may wait in auth's line for ten seconds. */
const hashing = { timeoutMs: 14_000 };

@Controller()
export class AuthController {
  constructor(
    private readonly bus: Bus,
    private readonly guesses: GuessLimits,
    private readonly keys: KeyStore,
  ) {}

  @Route(authApi.register)
  async register({ body }: InputOf<typeof authApi.register>, call: RequestCall) {
    return this.bus.relay(authRpc.register, { ...body, client: call.client }, { within: call, ...hashing });
  }

  @Route(authApi.login)
  async login({ body }: InputOf<typeof authApi.login>, call: RequestCall) {
    const { client } = call;
    const { email } = body;
    const isKnownAddress = async () => {
      const asked = { email, address: client.address };
      return (await this.bus.call(authRpc.isKnownAddress, asked, { as: self, within: call })).is_known;
    };
    const guess = { address: addressKey(client.address), account: foldEmail(email), isKnownAddress };
    return this.guesses.attempt(guess, () =>
      this.bus.call(authRpc.login, { ...body, client }, { within: call, ...hashing }),
    );
  }

  @Route(authApi.refresh)
  async refresh({ body }: InputOf<typeof authApi.refresh>, call: RequestCall) {
    return this.bus.relay(authRpc.refresh, { ...body, client: call.client }, { within: call });
  }

  @Route(authApi.logout)
  async logout(_: InputOf<typeof authApi.logout>, call: RequestCall) {
    return this.bus.relay(authRpc.logout, {}, { within: call });
  }

  @Route(authApi.changePassword)
  async changePassword({ body }: InputOf<typeof authApi.changePassword>, call: RequestCall) {
    const guess = { address: addressKey(call.client.address), account: `user:${userOf(call).user_id}` };
    return this.guesses.attempt(guess, () => this.bus.call(authRpc.changePassword, body, { within: call, ...hashing }));
  }

  @Route(authApi.listSessions)
  async listSessions(_: InputOf<typeof authApi.listSessions>, call: RequestCall) {
    return this.bus.relay(authRpc.listSessions, {}, { within: call });
  }

  @Route(authApi.revokeSession)
  async revokeSession({ params }: InputOf<typeof authApi.revokeSession>, call: RequestCall) {
    return this.bus.relay(authRpc.revokeSession, { session_id: params.id }, { within: call });
  }

  @Route(authApi.createTicket)
  async createTicket(_: InputOf<typeof authApi.createTicket>, call: RequestCall) {
    return this.bus.relay(authRpc.createTicket, {}, { within: call });
  }

  @Route(authApi.listKeys)
  async listKeys() {
    return this.keys.published();
  }
}
