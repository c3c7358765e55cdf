import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { authRpc, type Identity } from '#contracts/auth.contract.js';
import { addressKey } from '#domain/address-key.js';
import { RateLimits } from '../../security/rate-limits.js';
import { TokenVerifier } from '../../security/token-verifier.js';

/** Says who opens a realtime connection. Each counts as a request of the user. */
@Injectable()
export class SignIn {
  constructor(
    private readonly bus: Bus,
    private readonly tokens: TokenVerifier,
    private readonly limits: RateLimits,
  ) {}

  /** Throws UNAUTHORIZED or RATE_LIMITED. */
  async byToken(token: string): Promise<Identity> {
    return this.counted(await this.tokens.verify(token));
  }

  /** Uses a ticket up. It costs auth a statement whatever it is, so it counts for where it comes from too. */
  async byTicket(ticket: string, address: string): Promise<Identity> {
    await this.limits.take('request', `address:${addressKey(address)}`);
    return this.counted(await this.bus.call(authRpc.redeemTicket, { ticket }, { as: { kind: 'anyone' } }));
  }

  private async counted(identity: Identity): Promise<Identity> {
    await this.limits.take('request', `user:${identity.user_id}`);
    return identity;
  }
}
