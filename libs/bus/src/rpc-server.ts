import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Rpc } from '#contracts/contract.js';
import { fromZodError } from '#contracts/error.js';
import type { Bus, CallContext, Serving } from './bus.js';
import { Encoded } from './encoded.js';
import { decodePayload } from './payload.js';

export interface RpcServerOptions {
  /** Servers of one queue share its requests: the name of the service. */
  readonly queue: string;
  /** For tests: a reply that strays from its contract is an error. */
  readonly validateReplies: boolean;
}

/** Serves the methods of Nest controllers that are marked with `@Handle`, over whichever bus it is given. */
export class RpcServer extends Server implements CustomTransportStrategy {
  private readonly serving: Serving[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly options: RpcServerOptions,
  ) {
    super();
  }

  listen(done: () => void): void {
    for (const [subject, handler] of this.messageHandlers) {
      const contract = (handler.extras as { contract?: Rpc } | undefined)?.contract;
      if (contract === undefined) throw new Error(`${subject} is not served by @Handle`);
      const serve = (request: unknown, context: CallContext) => this.answer(contract, handler, request, context);
      this.serving.push(this.bus.serve(contract, serve, { queue: this.options.queue }));
    }
    done();
  }

  /** Nest waits for it before it closes what the handlers use. */
  async close(): Promise<void> {
    await Promise.all(this.serving.splice(0).map((serving) => serving.stop()));
  }

  on(): never {
    throw new Error('The bus has no transport events: ask its status');
  }

  unwrap<T>(): T {
    return this.bus as T;
  }

  private async answer(
    contract: Rpc,
    handler: MessageHandler,
    request: unknown,
    context: CallContext,
  ): Promise<unknown> {
    const parsed = contract.request.safeParse(request);
    if (!parsed.success) throw fromZodError(parsed.error);
    const result: unknown = await handler(parsed.data, context);
    const reply = isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result;
    if (this.options.validateReplies) validateReply(contract, reply);
    return reply;
  }
}

function validateReply(contract: Rpc, reply: unknown): void {
  const value: unknown = reply instanceof Encoded ? decodePayload(reply.bytes) : reply;
  const { success, error } = contract.reply.safeParse(value);
  if (!success) throw new Error(`The reply of ${contract.subject} breaks its contract: ${error.message}`);
}
