import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '#bus/bus.js';
import { FechatterError } from '#contracts/error.js';
import type { Route } from '#contracts/http/route.js';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';
import { limitHeaders } from './limit-headers.js';
import { addressKey } from './client-address.js';
import { RateLimits } from './rate-limits.js';
import { TokenVerifier } from './token-verifier.js';

/** Lets a request in: who calls, and whether they have not called too often. Both as the contract of the route says. */
@Injectable()
export class RouteGuard implements CanActivate {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly limits: RateLimits,
    @Inject(gatewayConfig) private readonly config: GatewayConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { contract } = request.routeOptions.config;
    if (contract === undefined) return true;
    const caller = await this.callerOf(contract, request);
    request.call = {
      caller,
      requestId: request.id,
      deadline: Date.now() + this.config.REQUEST_TIMEOUT_MS,
      client: { address: request.ip, user_agent: (request.headers['user-agent'] ?? '').slice(0, 512).toWellFormed() },
    };
    const key = caller.kind === 'user' ? `user:${caller.user_id}` : `address:${addressKey(request.ip)}`;
    const usage = await this.limits.take(contract.limit, key, contract.cost?.(request.body));
    if (usage !== undefined) void context.switchToHttp().getResponse<FastifyReply>().headers(limitHeaders(usage));
    return true;
  }

  private async callerOf(contract: Route, request: FastifyRequest): Promise<Caller> {
    if (contract.auth === 'none') return { kind: 'anyone' };
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw new FechatterError('UNAUTHORIZED');
    return { kind: 'user', ...(await this.tokens.verify(token)) };
  }
}
