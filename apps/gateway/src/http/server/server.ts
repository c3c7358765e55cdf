import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Encoded } from '#bus/encoded.js';
import { Turn } from '#bus/turn.js';
import { FechatterError } from '#contracts/error.js';
import type { Probes } from '#health/probes.js';
import { isMeasuring } from '#telemetry/metrics.js';
import { isTracing } from '#telemetry/tracing.js';
import type { GatewayConfig } from '../../gateway.config.js';
import { securityHeaders } from '../../security/headers.js';
import { endSpan } from '../../tracing.js';
import { Arrivals } from './arrivals.js';
import { acceptBodies } from './body-parser.js';
import { errorBody } from './error-body.js';
import { withCaching } from './caching.js';
import { Callers, hasConnection } from './given-up.js';
import { countRequest } from './http.metrics.js';
import { rawAnswer } from './raw-answer.js';

interface Answer {
  readonly payload: unknown;
  readonly done: (error: null, payload: unknown) => void;
}

/** Answers of one turn of the event loop leave together (README, Decisions). */
const leaving = new Turn<Answer>((answers) => {
  for (const { done, payload } of answers) done(null, payload);
});

const bodyLimit = 256 * 1024;
const unreadBodyMs = 2_000;

/** Fastify with the bounds, headers and parsers of the API, ready for Nest. */
export function createAdapter(
  config: GatewayConfig,
  { probes, validateReplies }: { probes: Probes; validateReplies: boolean },
): FastifyAdapter {
  const headers = securityHeaders(config.PUBLIC_URL?.startsWith('https:') === true);
  const adapter = new FastifyAdapter({
    bodyLimit,
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: config.TRUST_PROXY.length > 0 ? config.TRUST_PROXY : false,
    // A socket on which nothing moves for so long is given up; realtime connections look after themselves.
    connectionTimeout: 75_000,
    // What is already under way on a connection is finished and answered while we stop.
    return503OnClosing: false,
    // Nothing of ours is Express middleware; its engine would run before every request.
    skipMiddie: true,
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void reply.headers({ ...headers, 'x-request-id': request.id });
      void reply.status(400).send(errorBody(new FechatterError('BAD_REQUEST'), request.id));
    },
  });
  const fastify: FastifyInstance = adapter.getInstance();
  const arrivals = new Arrivals(config.REQUEST_TIMEOUT_MS);
  const callers = new Callers(noteEnd);
  acceptBodies(fastify);
  fastify.decorateRequest('contract', undefined);
  fastify.decorateRequest('call', undefined);
  fastify.addHook('onRoute', (route) => {
    const most = route.config?.contract?.maxBodyBytes;
    if (most !== undefined) route.bodyLimit = most;
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('x-request-id', request.id);
    if (hasConnection(request) && bringsWhole(request.raw)) arrivals.watch(request.raw);
    if (isWatched()) callers.add(reply);
    done();
  });
  // JSON that a service has encoded already goes out untouched.
  fastify.setReplySerializer(
    (payload) => (payload instanceof Encoded ? payload.bytes : JSON.stringify(payload)) as string,
  );
  if (validateReplies) fastify.addHook('preSerialization', validateReply);
  fastify.addHook('onSend', (request, reply, payload, done) => {
    // A stop waits for every connection: one that is kept alive would hold it up.
    if (probes.isStopping) void reply.header('connection', 'close');
    leaving.add({ done, payload: withCaching(request, reply, payload) });
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    if (isWatched()) {
      callers.delete(reply);
      noteEnd(reply, reply.statusCode);
    }
    if (hasConnection(request)) leaveUnread(request.raw);
    done();
  });
  return adapter;
}

/** Whether anybody wants to know when a request ends. */
function isWatched(): boolean {
  return isMeasuring() || isTracing();
}

/** Notes that a request has been answered, or that its caller has gone (499). */
function noteEnd(reply: FastifyReply, status: number): void {
  if (isMeasuring()) countRequest(reply, status);
  endSpan(reply, status);
}

/** Whether there is a body that is read before a handler is called; a stream takes the time that it takes. */
function bringsWhole({ headers }: IncomingMessage): boolean {
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return false;
  return headers['content-type']?.toLowerCase().startsWith('application/x-ndjson') !== true;
}

/**
 * A body that nobody wanted to the end is let run off for a moment: a connection that is cut at once may take the answer
 * with it. Whoever goes on sending is cut off.
 */
function leaveUnread(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.resume();
  const cut = setTimeout(() => request.destroy(), unreadBodyMs);
  request.once('close', () => clearTimeout(cut));
}

/** For tests: an answer that strays from its contract is an error. What is encoded was checked where that was done. */
function validateReply(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: Error | null, payload: unknown) => void,
): void {
  const { contract } = request;
  const isChecked = contract !== undefined && reply.statusCode < 400 && !(payload instanceof Encoded);
  const problem = isChecked ? contract.reply.safeParse(payload).error : undefined;
  done(problem === undefined ? null : new Error(`${contract?.path} breaks its contract: ${problem.message}`), payload);
}

const instance = randomBytes(9).toString('base64url');
let received = 0;

/** The caller's own request id when it is a sane one. Ours need not be secret: this process and a number. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const own = headers['x-request-id'];
  return typeof own === 'string' && /^[\w.-]{1,64}$/.test(own) ? own : `${instance}-${++received}`;
}

/** Answers what is not HTTP at all; Fastify never sees a request there. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const answer = rawAnswer(new FechatterError('BAD_REQUEST'), randomUUID(), securityHeaders(false));
  if (socket.writable) socket.write(answer);
  socket.destroySoon();
}
