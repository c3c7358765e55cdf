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

interface Meters {
  readonly count: ReturnType<typeof requests.labels>;
  readonly duration: ReturnType<typeof duration.labels>;
}

/** By method, path and status, of which there are few: looking labels up costs more than counting. */
const known = new Map<string, Meters>();

/** Counts an answer. The path is the route's pattern: what callers make up never becomes a label. */
export function countRequest(request: FastifyRequest, reply: FastifyReply): void {
  const meters = metersOf(request.method, request.routeOptions.url ?? 'none', reply.statusCode);
  meters.count.inc();
  meters.duration.observe(reply.elapsedTime / 1000);
}

function metersOf(method: string, path: string, status: number): Meters {
  const key = `${status} ${method} ${path}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = {
    count: requests.labels({ method, path, status }),
    duration: duration.labels({ method, path }),
  };
  known.set(key, made);
  return made;
}
