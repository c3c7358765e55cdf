import type { Event, PayloadOf, ReplyOf, RequestInputOf, RequestOf, Rpc, SubjectParams } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';
import { Bus, type BusStatus, type CallOptions, type EventHandler, type RpcHandler } from './bus.js';
import type { CallContext, Serving, Subscription } from './bus.js';
import { timed } from './bus.metrics.js';
import { admit, beforeDeadline, currentContext, nobodyServes, outgoingContext, runInContext } from './context.js';
import { Encoded } from './encoded.js';
import { toVisible } from './failure.js';
import { deepFreeze } from './freeze.js';
import { Queues, type InFlight } from './in-flight.js';
import { Listener } from './listener.js';
import { checkReplySize, checkRequestSize, decodePayload, encodePayload } from './payload.js';
import { anySubject, fillSubject } from './subject.js';

interface Server {
  readonly handler: RpcHandler<Rpc>;
  readonly inFlight: InFlight;
}

/**
 * The bus within one process. Requests, replies and events pass by reference: no JSON, no copies. Deadlines, callers and
 * errors mean what they mean over NATS. A subject has one server: the last one that serves it.
 */
export class LocalBus extends Bus {
  private readonly servers = new Map<string, Server>();
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly queues = new Queues();
  private state: 'open' | 'closing' | 'closed' = 'open';

  /**
   * `freeze` is for tests, as it costs time: whoever changes a payload that is shared fails, and so does a payload that
   * would be too large for NATS. Without it only replies that are bytes anyway are measured.
   */
  constructor(private readonly options: { freeze: boolean }) {
    super();
  }

  async call<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions = {}): Promise<ReplyOf<C>> {
    const reply = await timed(contract.subject, () => this.perform(contract, request, options));
    return (reply instanceof Encoded ? decodePayload(reply.bytes) : reply) as ReplyOf<C>;
  }

  async callEncoded<C extends Rpc>(
    contract: C,
    request: RequestInputOf<C>,
    options: CallOptions = {},
  ): Promise<Buffer> {
    return encodePayload(await timed(contract.subject, () => this.perform(contract, request, options)));
  }

  publish<E extends Event>(event: E, params: SubjectParams<E['subject']>, payload: PayloadOf<E>): void {
    const shared: unknown = this.options.freeze ? deepFreeze(payload) : payload;
    for (const subject of new Set([fillSubject(event, params), anySubject(event)])) {
      for (const listener of this.listeners.get(subject) ?? []) queueMicrotask(() => listener.hear(shared));
    }
  }

  subscribe<E extends Event>(
    event: E,
    params: SubjectParams<E['subject']> | '*',
    handler: EventHandler<E>,
  ): Subscription {
    const subject = params === '*' ? anySubject(event) : fillSubject(event, params);
    const listeners = this.listeners.get(subject) ?? new Set();
    this.listeners.set(subject, listeners);
    const listener = new Listener(event, handler);
    listeners.add(listener);
    return {
      unsubscribe: () => {
        listeners.delete(listener);
        if (listeners.size === 0 && this.listeners.get(subject) === listeners) this.listeners.delete(subject);
      },
    };
  }

  serve<C extends Rpc>(contract: C, handler: RpcHandler<C>, { queue }: { queue: string }): Serving {
    const server: Server = { handler: handler as unknown as RpcHandler<Rpc>, inFlight: this.queues.of(queue) };
    this.servers.set(contract.subject, server);
    return {
      stop: async () => {
        if (this.servers.get(contract.subject) === server) this.servers.delete(contract.subject);
        await server.inFlight.settled();
      },
    };
  }

  status(): BusStatus {
    return this.state === 'open' ? { healthy: true } : { healthy: false, reason: this.state };
  }

  async close(): Promise<void> {
    this.state = 'closing';
    await this.queues.settled();
    this.state = 'closed';
    this.servers.clear();
    this.listeners.clear();
  }

  private async perform(contract: Rpc, request: unknown, options: CallOptions): Promise<unknown> {
    const { subject } = contract;
    const context = outgoingContext(options);
    if (this.options.freeze) checkRequestSize(encodePayload(deepFreeze(request)));
    const server = this.servers.get(subject);
    if (server === undefined || !this.takes()) throw nobodyServes(subject);
    admit(contract, context);
    const work = runInContext(context, () => this.handle(server, subject, request as RequestOf<Rpc>, context));
    return await beforeDeadline(work, context.deadline, subject);
  }

  /** While it closes, requests in flight may still call others. */
  private takes(): boolean {
    return this.state === 'open' || (this.state === 'closing' && currentContext() !== undefined);
  }

  private async handle(
    { handler, inFlight }: Server,
    subject: string,
    request: RequestOf<Rpc>,
    context: CallContext,
  ): Promise<unknown> {
    try {
      const reply = await inFlight.run(() => handler(request, context));
      if (reply instanceof Encoded) checkReplySize(reply.bytes);
      else if (this.options.freeze) checkReplySize(encodePayload(deepFreeze(reply)));
      return reply;
    } catch (error) {
      throw copyOf(toVisible(error, subject));
    }
  }
}

/** Over the wire every caller gets an error of its own; so here. The cause does not cross. */
function copyOf({ code, message, details, retryAfterSeconds }: FechatterError): FechatterError {
  return new FechatterError(code, message, {
    details,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
