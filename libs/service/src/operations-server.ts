import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthModule } from '#health/health.module.js';
import type { Probes } from '#health/probes.js';
import { NestLogger } from '#telemetry/nest-logger.js';

/** Listens on `port`, which is the real one where a free one was asked for. */
export interface OperationsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** The health port of a process: probes, metrics, admin view. */
export async function startOperationsServer(probes: Probes, host: string, port: number): Promise<OperationsServer> {
  const module = HealthModule.register(probes, { operations: true });
  const app = await NestFactory.create(module, new FastifyAdapter(), { logger: new NestLogger(), abortOnError: false });
  await app.listen(port, host);
  const server = app.getHttpServer() as Server;
  const address = server.address() as AddressInfo;
  return { port: address.port, close: () => app.close() };
}
