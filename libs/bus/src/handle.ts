import type { ReplyOf, RequestOf, Rpc } from '#contracts/contract.js';
import type { CallContext } from './bus.js';
import type { Encoded } from './encoded.js';

/** A method of a controller with the contract that it answers. */
export interface HandledRpc {
  readonly contract: Rpc;
  readonly handle: (request: unknown, context: CallContext) => Promise<unknown>;
}

const handled = Symbol('contracts');

type Marked = object & { [handled]?: Map<string, Rpc> };

/**
 * Makes a controller method answer a contract. A method whose request or reply strays from the contract does not
 * compile. The request arrives validated; the second argument says who calls.
 */
export function Handle<C extends Rpc>(contract: C) {
  return <Method extends (request: RequestOf<C>, context: CallContext) => Promise<ReplyOf<C> | Encoded>>(
    target: Marked,
    key: string,
    _descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    target[handled] ??= new Map();
    target[handled].set(key, contract);
  };
}

/** What the methods of a controller answer. */
export function handlersOf(controller: object): HandledRpc[] {
  const methods = controller as Readonly<Record<string, HandledRpc['handle']>>;
  return [...((controller as Marked)[handled] ?? [])].map(([key, contract]) => ({
    contract,
    handle: (request, context) => (methods[key] as HandledRpc['handle'])(request, context),
  }));
}
