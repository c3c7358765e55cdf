import { Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { ReplyOf, RequestOf, Rpc } from '#contracts/contract.js';
import type { CallContext } from './bus.js';
import type { Encoded } from './encoded.js';

/** Nest would turn every error that it does not know into text of its own. */
@Catch()
class PassErrors implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Makes a controller method answer a contract. A method whose request or reply strays from the contract does not
 * compile. The request arrives validated; the second argument says who calls.
 */
export function Handle<C extends Rpc>(contract: C) {
  return <Method extends (request: RequestOf<C>, context: CallContext) => Promise<ReplyOf<C> | Encoded>>(
    target: object,
    key: string,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    UseFilters(PassErrors)(target, key, descriptor);
    MessagePattern(contract.subject, { contract })(target, key, descriptor);
  };
}
