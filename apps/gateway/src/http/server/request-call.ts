import type { FastifyRequest } from 'fastify';
import type { CallContext, Caller } from '#bus/bus.js';
import type { ClientInfo } from '#contracts/auth.contract.js';
import type { Route } from '#contracts/http/route.js';
import type { Span } from '#telemetry/span.js';

const maxUserAgent = 512;

/** What a handler knows of the request beside its input; calls on the bus are made in this context. */
export class RequestCall implements CallContext {
  readonly requestId: string;
  readonly traceparent: string | undefined;

  constructor(
    private readonly request: FastifyRequest,
    readonly caller: Caller,
    readonly deadline: number,
  ) {
    this.requestId = request.id;
    this.traceparent = request.span?.traceparent;
  }

  /** The access token in its header, as it was sent. */
  get authorization(): string | undefined {
    return this.request.headers.authorization;
  }

  /** Where the request came from; only signing in asks for it. */
  get client(): ClientInfo {
    const { ip, headers } = this.request;
    return { address: ip, user_agent: (headers['user-agent'] ?? '').slice(0, maxUserAgent).toWellFormed() };
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Present on every route that `@Route` has made. */
    contract?: Route;
    /** What is answered has no end of its own. */
    isStream?: true;
  }
  interface FastifyRequest {
    /** Of the route that was found. Fastify's `routeOptions` makes an object each time that it is asked. */
    contract?: Route;
    /** While tracing is on. */
    span?: Span | undefined;
    /** Set by RouteGuard. */
    call?: RequestCall;
  }
}

/** The call of a request that RouteGuard has let in. */
export function callOf(request: FastifyRequest): RequestCall {
  if (request.call === undefined) throw new Error(`${request.url} was handled without RouteGuard`);
  return request.call;
}
