import { Inject, Injectable } from '@nestjs/common';
import { RateLimiter, type Usage } from '#cache/rate-limiter.js';
import { RedisConnection } from '#cache/redis.js';
import { FechatterError } from '#contracts/error.js';
import type { LimitName } from '#contracts/http/route.js';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';

/** A RATE_LIMITED that knows the figures for the headers of the answer. */
export class LimitExceeded extends FechatterError {
  constructor(
    readonly usage: Usage,
    message?: string,
  ) {
    super('RATE_LIMITED', message, { retryAfterSeconds: Math.max(1, Math.ceil(usage.resetMs / 1000)) });
  }
}

/** Limits that count every use. Guesses of passwords, which count failures, are GuessLimits. */
@Injectable()
export class RateLimits {
  private readonly limiters: Readonly<Partial<Record<LimitName, RateLimiter>>>;

  constructor(
    @Inject(gatewayConfig) config: GatewayConfig,
    @Inject(RedisConnection) redis: RedisConnection | undefined,
  ) {
    const limiter = (name: string, points: number, seconds: number) =>
      new RateLimiter({ name, points, seconds }, redis);
    this.limiters =
      config.RATE_LIMITS === 'off'
        ? {}
        : {
            send: limiter('send', config.LIMIT_SENDS_PER_SECOND, 1),
            request: limiter('request', config.LIMIT_REQUESTS_PER_MINUTE, 60),
            search: limiter('search', config.LIMIT_SEARCHES_PER_MINUTE, 60),
            register: limiter('register', config.LIMIT_REGISTRATIONS_PER_HOUR, 3_600),
          };
  }

  has(name: LimitName): boolean {
    return this.limiters[name] !== undefined;
  }

  /** Counts uses of the key, one unless said otherwise; undefined where nothing is limited. Throws LimitExceeded. */
  async take(name: LimitName, key: string, uses = 1): Promise<Usage | undefined> {
    const usage = await this.limiters[name]?.consume(key, uses);
    if (usage?.allowed === false) throw new LimitExceeded(usage);
    return usage;
  }
}
