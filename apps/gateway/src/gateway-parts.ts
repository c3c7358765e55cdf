import type { Bus } from '#bus/bus.js';
import type { RedisConnection } from '#cache/redis.js';
import type { Probes } from '#health/probes.js';
import type { GatewayConfig } from './gateway.config.js';

/** What the gateway is made of: given once, at the start. */
export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly bus: Bus;
  readonly redis: RedisConnection | undefined;
  readonly probes: Probes;
}
