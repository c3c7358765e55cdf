import type { FastifyRequest } from 'fastify';
import type { CallContext } from '#bus/bus.js';
import type { ClientInfo } from '#contracts/auth.contract.js';
import type { Route } from '#contracts/http/route.js';

/** What a handler knows of the request beside its input; calls on the bus are made in this context. */
export interface RequestCall extends CallContext {
  readonly client: ClientInfo;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Present on every route that `@Route` has made. */
    contract?: Route;
  }
  interface FastifyRequest {
    /** Set by RouteGuard. */
    call?: RequestCall;
  }
}

/** The call of a request that RouteGuard has let in. */
export function callOf(request: FastifyRequest): RequestCall {
  if (request.call === undefined) throw new Error(`${request.url} was handled without RouteGuard`);
  return request.call;
}
