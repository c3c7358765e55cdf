import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RedisConnection } from './redis.js';

/** So many points in a window of so many seconds for each key. */
export interface RateLimit {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
  /** Points while Redis is away and every process counts for itself; `points` unless given. */
  readonly pointsAlone?: number;
}

/** What a key has left. `resetMs`: milliseconds until its window begins anew. */
export interface Usage {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/**
 * Counts uses by key in fixed windows. With Redis all processes count together; without it, and while it is away, each
 * process counts for itself.
 */
export class RateLimiter {
  private readonly limiter: RateLimiterAbstract;

  constructor(
    private readonly limit: RateLimit,
    redis?: RedisConnection,
  ) {
    const settings = { keyPrefix: `limit:${limit.name}`, points: limit.points, duration: limit.seconds };
    this.limiter =
      redis === undefined
        ? new RateLimiterMemory(settings)
        : new RateLimiterRedis({
            ...settings,
            storeClient: evalOnly(redis),
            useRedisPackage: true,
            rejectIfRedisNotReady: true,
            insuranceLimiter: new RateLimiterMemory({ ...settings, points: limit.pointsAlone ?? limit.points }),
            // Whoever is over the limit is refused from memory until the window ends, without asking Redis again.
            inMemoryBlockOnConsumed: limit.points + 1,
          });
  }

  /** Takes points, one unless said otherwise, if there are as many. */
  async consume(key: string, points = 1): Promise<Usage> {
    return this.take(key, points);
  }

  /** What would be left. */
  async look(key: string): Promise<Usage> {
    return this.take(key, 0);
  }

  private async take(key: string, points: number): Promise<Usage> {
    try {
      return this.usage(await this.limiter.consume(key, points), true);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      return this.usage(refused, false);
    }
  }

  private usage({ remainingPoints, msBeforeNext }: RateLimiterRes, allowed: boolean): Usage {
    const remaining = allowed ? remainingPoints : 0;
    return { allowed, limit: this.limit.points, remaining, resetMs: Math.max(0, msBeforeNext) };
  }
}

/** The only command that counting needs, under the time-out of our connection. */
function evalOnly(redis: RedisConnection) {
  return {
    get isReady(): boolean {
      return redis.isReady;
    },
    eval: (script: string, options: { keys: string[]; arguments: string[] }) =>
      redis.run((client) => client.eval(script, options)),
  };
}
