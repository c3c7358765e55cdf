import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import type { Route as Contract } from '#contracts/http/route.js';
import { Durations, type Tally } from '#telemetry/durations.js';
import { metrics } from '#telemetry/metrics.js';
import { isStream } from './given-up.js';

interface Meters {
  readonly method: string;
  readonly path: string;
  /** Undefined for streams: how long they last says nothing of the server. */
  readonly duration: Tally | undefined;
  /** How many answers by status. */
  readonly answers: Map<number, number>;
}

/** One for each operation. */
const ofOperations = new Map<Contract, Meters>();
/** One for each method and path of what is not an operation, and one for each method where nothing was found. */
const ofOthers = new Map<string, Meters>();

const durations = new Durations(
  metrics,
  'http_request_duration_seconds',
  'Time from the first byte of a request to the last of its answer',
);

new Counter({
  name: 'http_requests_total',
  help: 'Requests answered or given up (499), by route',
  labelNames: ['method', 'path', 'status'],
  registers: [metrics],
  collect() {
    this.reset();
    for (const { method, path, answers } of [...ofOperations.values(), ...ofOthers.values()]) {
      for (const [status, count] of answers) this.inc({ method, path, status }, count);
    }
  },
});

/** Counts a request. The path is the route's pattern: what callers make up never becomes a label. */
export function countRequest(reply: FastifyReply, status: number): void {
  const { duration, answers } = metersOf(reply.request);
  answers.set(status, (answers.get(status) ?? 0) + 1);
  duration?.note(reply.elapsedTime / 1000);
}

function metersOf(request: FastifyRequest): Meters {
  const { contract } = request;
  const known = contract === undefined ? undefined : ofOperations.get(contract);
  if (known !== undefined) return known;
  const method = contract?.method ?? request.method;
  const path = request.routeOptions.url ?? 'none';
  const made = () => ({
    method,
    path,
    duration: isStream(request) ? undefined : durations.tally({ method, path }),
    answers: new Map<number, number>(),
  });
  if (contract !== undefined) return kept(ofOperations, contract, made);
  return kept(ofOthers, `${method} ${path}`, made);
}

function kept<Key>(known: Map<Key, Meters>, key: Key, make: () => Meters): Meters {
  const meters = known.get(key) ?? make();
  known.set(key, meters);
  return meters;
}
