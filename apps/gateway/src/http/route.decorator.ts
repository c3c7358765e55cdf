import { createParamDecorator, HttpCode, RequestMapping, RequestMethod, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { runInContext } from '#bus/context.js';
import type { Encoded } from '#bus/encoded.js';
import type { InputOf, ReplyOf, Route as Contract } from '#contracts/http/route.js';
import { parseInput } from './input.js';
import { callOf, type RequestCall } from './request-call.js';

type Handler<R extends Contract> = (input: InputOf<R>, call: RequestCall) => Promise<ReplyOf<R> | Encoded>;

const Input = createParamDecorator((contract: Contract, context: ExecutionContext) =>
  parseInput(contract, context.switchToHttp().getRequest<FastifyRequest>()),
);

const Call = createParamDecorator((_: undefined, context: ExecutionContext) =>
  callOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/**
 * Serves an operation of the HTTP interface: path, method, status, who may call, limits and validation all come from
 * its contract. A method that takes or answers something else does not compile.
 */
export function Route<R extends Contract>(contract: R) {
  return <Method extends Handler<R>>(
    target: object,
    key: string,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    inContext(descriptor);
    RequestMapping({ path: nestPath(contract.path), method: RequestMethod[contract.method] })(target, key, descriptor);
    HttpCode(contract.status)(target, key, descriptor);
    RouteConfig({ contract })(target, key, descriptor);
    Input(contract)(target, key, 0);
    Call()(target, key, 1);
  };
}

/**
 * Runs a handler in the context of its request, so that its calls carry identity, request id and deadline. An interceptor
 * would do the same at a fifth of the whole cost of a request: on Node 20 each AsyncResource.bind of Nest is that dear.
 */
function inContext<Method extends Handler<never>>(descriptor: TypedPropertyDescriptor<Method>): void {
  const handler = descriptor.value;
  if (handler === undefined) throw new Error('@Route stands on a method');
  descriptor.value = async function (this: object, input: never, call: RequestCall) {
    return runInContext(call, () => handler.call(this, input, call));
  } as Method;
}

/** `/api/chats/{id}` as Nest writes it: `/api/chats/:id`. */
function nestPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
