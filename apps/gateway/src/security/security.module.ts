import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { RedisConnection } from '#cache/redis.js';
import { gatewayConfig } from '../gateway.config.js';
import type { GatewayParts } from '../gateway-parts.js';
import { GuessLimits } from './guess-limits.js';
import { KeyStore } from './key-store.js';
import { RateLimits } from './rate-limits.js';
import { RouteGuard } from './route.guard.js';
import { SessionRevocations } from './session-revocations.js';
import { TokenVerifier } from './token-verifier.js';

/** Who may come in, and how often; for HTTP and realtime alike. Also hands the parts of the process to both. */
@Global()
@Module({})
export class SecurityModule {
  static register({ bus, config, redis }: GatewayParts): DynamicModule {
    const parts = [
      { provide: Bus, useValue: bus },
      { provide: gatewayConfig, useValue: config },
      { provide: RedisConnection, useValue: redis },
    ];
    const services = [KeyStore, SessionRevocations, TokenVerifier, RateLimits, GuessLimits, RouteGuard];
    return {
      module: SecurityModule,
      providers: [...parts, ...services],
      exports: [...parts.map(({ provide }) => provide), ...services],
    };
  }
}
