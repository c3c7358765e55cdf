import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Rpc } from '#contracts/contract.js';
import { fromZodError } from '#contracts/error.js';
import type { Bus, CallContext, Subscription } from './bus.js';
import { Encoded } from './encoded.js';

export interface RpcServerOptions {
  /** Servers of one queue share its requests: the name of the service. */
  readonly queue: string;
  /** For tests: a reply that strays from its contract is an error. */
  readonly validateReplies: boolean;
}

/** Serves the methods of Nest controllers that are marked with `@Handle`, over whichever bus it is given. */
export class RpcServer extends Server implements CustomTransportStrategy {
  private readonly subscriptions: Subscription[] = [];

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
      this.subscriptions.push(this.bus.serve(contract, serve, { queue: this.options.queue }));
    }
    done();
  }

  close(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
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
    const reply = isObservable(result) ? await lastValueFrom(result) : result;
    if (this.options.validateReplies) validateReply(contract, reply);
    return reply;
  }
}

function validateReply(contract: Rpc, reply: unknown): void {
  const value: unknown = reply instanceof Encoded ? JSON.parse(reply.bytes.toString('utf8')) : reply;
  const { success, error } = contract.reply.safeParse(value);
  if (!success) throw new Error(`The reply of ${contract.subject} breaks its contract: ${error.message}`);
}
