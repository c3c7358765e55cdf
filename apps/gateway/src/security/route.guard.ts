import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, UserCaller } from '#bus/bus.js';
import { FechatterError } from '#contracts/error.js';
import type { Route } from '#contracts/http/route.js';
import { addressKey } from '#domain/address-key.js';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';
import { RequestCall } from '../http/server/request-call.js';
import { limitHeaders } from './limit-headers.js';
import { RateLimits } from './rate-limits.js';
import { TokenVerifier } from './token-verifier.js';

const anyone: Caller = { kind: 'anyone' };

const last = Symbol('last');

/** A connection with the last Authorization header that came over it, and for whom that speaks. */
type Spoken = Socket & { [last]?: { readonly authorization: string; readonly caller: UserCaller } };

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
    const caller = contract.auth === 'none' ? anyone : this.recall(request);
    if (caller === undefined || this.limits.has(contract.limit))
      return this.admitSlowly(contract, request, reply, caller);
    request.call = this.callOf(request, caller);
    return undefined;
  }

  /**
   * Who is known to speak; undefined where the token has to be verified. What came last over a connection mostly comes
   * next too, and to compare it costs a fraction of a look-up by its text.
   */
  private recall({ headers: { authorization }, raw }: FastifyRequest): UserCaller | undefined {
    const socket: Spoken = raw.socket;
    const known = socket[last];
    if (known !== undefined && known.authorization === authorization && this.tokens.isKnownLive(known.caller)) {
      return known.caller;
    }
    const caller = this.tokens.recall(bearerOf(authorization));
    if (caller !== undefined && authorization !== undefined) socket[last] = { authorization, caller };
    return caller;
  }

  private async admitSlowly(
    contract: Route,
    request: FastifyRequest,
    reply: FastifyReply,
    known: Caller | undefined,
  ): Promise<void> {
    const caller = known ?? (await this.tokens.verify(bearerOf(request.headers.authorization)));
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

function bearerOf(authorization = ''): string {
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new FechatterError('UNAUTHORIZED');
  return token;
}
