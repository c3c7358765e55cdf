import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RateLimiter } from '#cache/rate-limiter.js';
import { RedisConnection } from '#cache/redis.js';
import { FechatterError } from '#contracts/error.js';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';
import { GuessGate } from './guess-gate.js';

const windowSeconds = 15 * 60;

/** Bounds how often a password may be guessed, from an address and for an account. Only failures count. */
@Injectable()
export class GuessLimits {
  private readonly gates: { readonly address: GuessGate; readonly account: GuessGate } | undefined;

  constructor(
    @Inject(gatewayConfig) config: GatewayConfig,
    @Inject(RedisConnection) redis: RedisConnection | undefined,
  ) {
    const gate = (name: string, points: number) =>
      new GuessGate(new RateLimiter({ name, points, seconds: windowSeconds }, redis));
    this.gates =
      config.RATE_LIMITS === 'off'
        ? undefined
        : {
            address: gate('failed_login_address', config.LIMIT_FAILED_LOGINS_PER_ADDRESS),
            account: gate('failed_login_account', config.LIMIT_FAILED_LOGINS_PER_ACCOUNT),
          };
  }

  /** Tries the password within both limits. `account` is whatever names it, the same for every spelling. */
  async attempt<Result>(address: string, account: string, tryPassword: () => Promise<Result>): Promise<Result> {
    if (this.gates === undefined) return tryPassword();
    const { address: byAddress, account: byAccount } = this.gates;
    const accountKey = createHash('sha256').update(account).digest('base64url');
    return byAddress.attempt(address, () => byAccount.attempt(accountKey, tryPassword, isWrong), isWrong);
  }
}

function isWrong(error: unknown): boolean {
  return error instanceof FechatterError && (error.code === 'UNAUTHORIZED' || error.code === 'FORBIDDEN');
}
