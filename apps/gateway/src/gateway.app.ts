import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BusIndicator } from '#bus/bus.indicator.js';
import { RedisConnection } from '#cache/redis.js';
import { ConfigError } from '#config/config.js';
import { Probes } from '#health/probes.js';
import type { App, AppContext, RunningApp } from '#service/app.js';
import { controllersOf } from '#service/controllers.js';
import { version } from '#service/version.js';
import { NestLogger } from '#telemetry/nest-logger.js';
import { GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { serveRoutes } from './http/server/route-server.js';
import { createAdapter } from './http/server/server.js';
import { corsOptions } from './security/headers.js';
import { RouteGuard } from './security/route.guard.js';
import { traceRequests } from './tracing.js';

/** How long a stop waits for connections that are busy. */
const stopLimitMs = 20_000;

/** A gateway that listens on `port`. */
export interface RunningGateway extends RunningApp {
  readonly port: number;
}

/** The gateway as an app: everything outside comes in here. */
export const gatewayApp = {
  name: 'gateway',
  config: GatewayConfig,
  start,
} satisfies App<typeof GatewayConfig>;

async function start({ config, bus, validateReplies }: AppContext<GatewayConfig>): Promise<RunningGateway> {
  const redis = config.REDIS_URL === undefined ? undefined : new RedisConnection(config.REDIS_URL);
  const probes = new Probes([new BusIndicator(bus)], version);
  const module = GatewayModule.register({ config, bus, redis, probes });
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    createAdapter(config, { probes, validateReplies }),
    {
      logger: new NestLogger(),
      abortOnError: false,
      bodyParser: false,
    },
  );
  if (config.ALLOWED_ORIGINS.length > 0) app.enableCors({ ...corsOptions, origin: config.ALLOWED_ORIGINS });
  const stop = async () => {
    probes.stop();
    const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), stopLimitMs);
    await app.close();
    clearTimeout(cut);
    redis?.close();
  };
  try {
    traceRequests(app.getHttpAdapter().getInstance());
    serveRoutes(app.getHttpAdapter().getInstance(), app.get(RouteGuard, { strict: false }), controllersOf(app));
    await app.listen(config.PORT, config.HOST);
  } catch (error) {
    await stop();
    throw isAddressInUse(error) ? portTaken(config) : error;
  }
  const { port } = app.getHttpServer().address() as { port: number };
  return { port, indicators: redis === undefined ? [] : [redis.indicator], stop };
}

function isAddressInUse(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
}

function portTaken({ HOST, PORT }: GatewayConfig): ConfigError {
  return new ConfigError([`PORT: another program listens on ${HOST}:${PORT}; stop it or choose another port`]);
}
