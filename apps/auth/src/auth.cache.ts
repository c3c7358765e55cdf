import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Bus, type Subscription } from '#bus/bus.js';
import { Cache } from '#cache/cache.js';
import { cacheEvent } from '#contracts/cache.contract.js';

/** The cached values of this process of auth, which hears what other processes of auth have changed. */
@Injectable()
export class AuthCache extends Cache implements OnApplicationShutdown {
  private readonly subscription: Subscription;

  constructor(@Inject(Bus) bus: Bus) {
    const publish = (pattern: string, ids?: readonly (string | number)[]) =>
      bus.publish(cacheEvent.invalidated, {}, { pattern, ...(ids && { ids: [...ids] }) });
    super({ publish });
    this.subscription = bus.subscribe(cacheEvent.invalidated, {}, ({ pattern, ids }) => this.hear(pattern, ids));
  }

  onApplicationShutdown(): void {
    this.subscription.unsubscribe();
  }
}
