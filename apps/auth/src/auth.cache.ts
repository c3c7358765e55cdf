import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Bus, type Subscription } from '#bus/bus.js';
import { Cache } from '#cache/cache.js';
import { RedisConnection } from '#cache/redis.js';
import { cacheEvent } from '#contracts/cache.contract.js';
import { authConfig, type AuthConfig } from './auth.config.js';

/**
 * The cached values of this process of auth, which hears what other processes of auth have changed. They share them where
 * they have a Redis.
 */
@Injectable()
export class AuthCache extends Cache implements OnApplicationShutdown {
  private readonly subscription: Subscription;
  private readonly redis: RedisConnection | undefined;

  constructor(bus: Bus, @Inject(authConfig) { AUTH_POOL_MAX, AUTH_REDIS_URL }: AuthConfig) {
    const publish = (pattern: string, ids?: readonly (string | number)[]) =>
      bus.publish(cacheEvent.invalidated, {}, { pattern, ...(ids && { ids: [...ids] }) });
    const redis = AUTH_REDIS_URL === undefined ? undefined : new RedisConnection(AUTH_REDIS_URL);
    super({ invalidations: { publish }, mostLoads: Math.floor(AUTH_POOL_MAX / 2), redis });
    this.redis = redis;
    this.subscription = bus.subscribe(cacheEvent.invalidated, {}, ({ pattern, ids }) => this.hear(pattern, ids));
  }

  onApplicationShutdown(): void {
    this.subscription.unsubscribe();
    this.redis?.close();
  }
}
