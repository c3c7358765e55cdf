import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthModule } from '#health/health.module.js';
import type { Probes } from '#health/probes.js';
import { NestLogger } from '#telemetry/nest-logger.js';

/** The health port of a process: probes, metrics, admin view. Answers its real port and how to close it. */
export async function startOperationsServer(
  probes: Probes,
  host: string,
  port: number,
): Promise<{ port: number; close(): Promise<void> }> {
  const module = HealthModule.register(probes, { operations: true });
  const app = await NestFactory.create(module, new FastifyAdapter(), { logger: new NestLogger(), abortOnError: false });
  await app.listen(port, host);
  const server = app.getHttpServer() as Server;
  const address = server.address() as AddressInfo;
  return { port: address.port, close: () => app.close() };
}
