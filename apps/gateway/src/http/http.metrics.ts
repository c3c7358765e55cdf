import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import { Durations, type Tally } from '#telemetry/durations.js';
import { metrics } from '#telemetry/metrics.js';

interface Meters {
  answers: number;
  readonly duration: Tally;
}

/** By method, path and status, of which there are few. */
const known = new Map<string, Map<number, Meters>>();

const durations = new Durations(
  metrics,
  'http_request_duration_seconds',
  'Time from the first byte of a request to the last of its answer',
);

new Counter({
  name: 'http_requests_total',
  help: 'Requests answered, by route',
  labelNames: ['method', 'path', 'status'],
  registers: [metrics],
  collect() {
    this.reset();
    for (const [route, byStatus] of known) {
      const [method = '', path = ''] = route.split(' ');
      for (const [status, { answers }] of byStatus) this.inc({ method, path, status }, answers);
    }
  },
});

/** Counts an answer. The path is the route's pattern: what callers make up never becomes a label. */
export function countRequest(request: FastifyRequest, reply: FastifyReply): void {
  const meters = metersOf(`${request.method} ${request.routeOptions.url ?? 'none'}`, reply.statusCode);
  meters.answers += 1;
  meters.duration.note(reply.elapsedTime / 1000);
}

function metersOf(route: string, status: number): Meters {
  const found = known.get(route)?.get(status);
  if (found !== undefined) return found;
  const byStatus = known.get(route) ?? new Map<number, Meters>();
  known.set(route, byStatus);
  const [method = '', path = ''] = route.split(' ');
  const duration = [...byStatus.values()][0]?.duration ?? durations.tally({ method, path });
  const made = { answers: 0, duration };
  byStatus.set(status, made);
  return made;
}
