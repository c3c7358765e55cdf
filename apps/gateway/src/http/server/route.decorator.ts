import type { Encoded } from '#bus/encoded.js';
import type { InputOf, ReplyOf, Route as Contract } from '#contracts/http/route.js';
import type { RequestCall } from './request-call.js';

type Handler<R extends Contract> = (input: InputOf<R>, call: RequestCall) => Promise<ReplyOf<R> | Encoded>;

/** A method of a controller with the operation that it serves. */
export interface ServedRoute {
  readonly contract: Contract;
  readonly handle: (input: InputOf<Contract>, call: RequestCall) => Promise<unknown>;
}

const served = Symbol('routes');

type Marked = object & { [served]?: Map<string, Contract> };

/**
 * Serves an operation of the HTTP interface: path, method, status, who may call, limits and validation all come from
 * its contract. A method that takes or answers something else does not compile.
 */
export function Route<R extends Contract>(contract: R) {
  return <Method extends Handler<R>>(
    target: Marked,
    key: string,
    _descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    target[served] ??= new Map();
    target[served].set(key, contract);
  };
}

/** What the methods of a controller serve. */
export function routesOf(controller: object): ServedRoute[] {
  const methods = controller as Readonly<Record<string, ServedRoute['handle']>>;
  return [...((controller as Marked)[served] ?? [])].map(([key, contract]) => ({
    contract,
    handle: (input, call) => (methods[key] as ServedRoute['handle'])(input, call),
  }));
}
