import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '#bus/bus.js';
import { FechatterError } from '#contracts/error.js';
import type { Route } from '#contracts/http/route.js';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';
import { RequestCall } from '../http/request-call.js';
import { addressKey } from './client-address.js';
import { limitHeaders } from './limit-headers.js';
import { RateLimits } from './rate-limits.js';
import { TokenVerifier } from './token-verifier.js';

const anyone: Caller = { kind: 'anyone' };

/** Lets a request in: who calls, and whether they have not called too often. Both as the contract of the route says. */
@Injectable()
export class RouteGuard {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly limits: RateLimits,
    @Inject(gatewayConfig) private readonly config: GatewayConfig,
  ) {}

  /** Gives the request its call, at once where that is known. Throws or rejects with UNAUTHORIZED or RATE_LIMITED. */
  admit(contract: Route, request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    const token = contract.auth === 'none' ? undefined : bearerOf(request);
    const caller = token === undefined ? anyone : this.tokens.recall(token);
    if (caller === undefined || this.limits.has(contract.limit)) {
      return this.admitSlowly(contract, request, reply, token);
    }
    request.call = this.callOf(request, caller);
    return undefined;
  }

  private async admitSlowly(
    contract: Route,
    request: FastifyRequest,
    reply: FastifyReply,
    token: string | undefined,
  ): Promise<void> {
    const caller = token === undefined ? anyone : await this.tokens.verify(token);
    request.call = this.callOf(request, caller);
    await this.charge(contract, request, reply, caller, 1);
  }

  /** Counts uses against the limit of the route and says what is left. Throws RATE_LIMITED. */
  async charge(
    contract: Route,
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller,
    uses: number,
  ): Promise<void> {
    const key = caller.kind === 'user' ? `user:${caller.user_id}` : `address:${addressKey(request.ip)}`;
    const usage = await this.limits.take(contract.limit, key, uses);
    if (usage !== undefined) void reply.headers(limitHeaders(usage));
  }

  private callOf(request: FastifyRequest, caller: Caller): RequestCall {
    return new RequestCall(request, caller, Date.now() + this.config.REQUEST_TIMEOUT_MS);
  }
}

function bearerOf(request: FastifyRequest): string {
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new FechatterError('UNAUTHORIZED');
  return token;
}
