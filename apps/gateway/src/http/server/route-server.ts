import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Route as Contract } from '#contracts/http/route.js';
import type { RouteGuard } from '../../security/route.guard.js';
import { parseInput } from './input.js';
import { callOf } from './request-call.js';
import { routesOf, type ServedRoute } from './route.decorator.js';

/**
 * Puts the operations that controllers serve onto Fastify itself. Nest makes the controllers and handles what they
 * throw; its router is left out, because it costs as much as the rest of a request (README, Decisions).
 */
export function serveRoutes(fastify: FastifyInstance, guard: RouteGuard, controllers: readonly object[]): void {
  for (const route of controllers.flatMap(routesOf)) serve(fastify, guard, route);
}

function serve(fastify: FastifyInstance, guard: RouteGuard, { contract, handle }: ServedRoute): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const input = parseInput(contract, request);
    const call = callOf(request);
    // One use was counted before the body was read.
    const more = (contract.cost?.(input.body) ?? 1) - 1;
    if (more > 0) await guard.charge(contract, request, reply, call.caller, more);
    reply.statusCode = contract.status;
    return handle(input, call);
  };
  fastify.route({
    method: contract.method,
    url: fastifyPath(contract.path),
    config: { contract },
    // Before the body is read: callers who may not come in cost nothing more.
    onRequest: (request, reply, done) => {
      request.contract = contract;
      admit(guard, contract, request, reply, done);
    },
    handler: (request, reply) => {
      const { span } = request;
      // What follows the body is called by the socket, outside of the span.
      return span?.isRecorded === true ? span.run(() => answer(request, reply)) : answer(request, reply);
    },
  });
}

function admit(
  guard: RouteGuard,
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
  done: HookHandlerDoneFunction,
): void {
  const pending = guard.admit(contract, request, reply);
  if (pending === undefined) done();
  else pending.then(() => done(), done);
}

/** `/api/chats/{id}` as Fastify writes it: `/api/chats/:id`. */
function fastifyPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
