import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Histogram } from 'prom-client';
import { metrics } from '#telemetry/metrics.js';

const requests = new Counter({
  name: 'http_requests_total',
  help: 'Requests answered, by route',
  labelNames: ['method', 'path', 'status'],
  registers: [metrics],
});

const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from the first byte of a request to the last of its answer',
  labelNames: ['method', 'path'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers: [metrics],
});

/** Counts an answer. The path is the route's pattern: what callers make up never becomes a label. */
export function countRequest(request: FastifyRequest, reply: FastifyReply): void {
  const { method } = request;
  const path = request.routeOptions.url ?? 'none';
  requests.inc({ method, path, status: reply.statusCode });
  duration.observe({ method, path }, reply.elapsedTime / 1000);
}
