import type { Event, PayloadOf, ReplyOf, RequestInputOf, RequestOf, Rpc, SubjectParams } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';
import { Bus, type BusStatus, type CallOptions, type EventHandler, type RpcHandler } from './bus.js';
import type { CallContext, Serving, Subscription } from './bus.js';
import { timed } from './bus.metrics.js';
import { admit, beforeDeadline, outgoingContext } from './context.js';
import { Encoded } from './encoded.js';
import { toVisible } from './failure.js';
import { deepFreeze } from './freeze.js';
import { Queues, type InFlight } from './in-flight.js';
import { Listener } from './listener.js';
import { nobodyServes } from './no-answer.js';
import { checkReplySize, checkRequestSize, decodePayload, encodePayload } from './payload.js';
import { NoResponders, whileNobodyServes } from './retry.js';
import { anySubject, fillSubject } from './subject.js';

interface Server {
  readonly handler: RpcHandler<Rpc>;
  readonly inFlight: InFlight;
}

/**
 * The bus within one process. Requests, replies and events pass by reference: no JSON, no copies. Deadlines, callers and
 * errors mean what they mean over NATS. Sizes are checked where there are bytes; with `freeze` there always are.
 */
export class LocalBus extends Bus {
  private readonly servers = new Map<string, Server>();
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly queues = new Queues();
  private readonly freeze: boolean;
  private closing: Promise<void> | undefined;

  /** `freeze`: whoever changes a payload that is shared fails, and sizes are measured. For tests, as it costs time. */
  constructor({ freeze }: { freeze: boolean }) {
    super();
    this.freeze = freeze;
  }

  async call<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions): Promise<ReplyOf<C>> {
    const reply = await this.relay(contract, request, options);
    return reply instanceof Encoded ? (decodePayload(reply.bytes) as ReplyOf<C>) : reply;
  }

  relay<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions): Promise<ReplyOf<C> | Encoded> {
    const perform = () => this.perform(contract, request, options) as Promise<ReplyOf<C> | Encoded>;
    return timed(contract.subject, perform);
  }

  publish<E extends Event>(event: E, params: SubjectParams<E['subject']>, payload: PayloadOf<E>): void {
    const shared: unknown = this.share(payload);
    for (const subject of new Set([fillSubject(event, params), anySubject(event)])) {
      const listeners = this.listeners.get(subject);
      for (const listener of listeners ?? []) {
        queueMicrotask(() => {
          if (listeners?.has(listener)) listener.hear(() => shared);
        });
      }
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

  /** Within a process a subject has one server: who serves it last takes over. Without a queue it counts by itself. */
  serve<C extends Rpc>({ subject }: C, handler: RpcHandler<C>, { queue } = { queue: subject }): Serving {
    const server: Server = { handler: handler, inFlight: this.queues.of(queue) };
    this.servers.set(subject, server);
    return {
      stop: async () => {
        if (this.servers.get(subject) === server) this.servers.delete(subject);
        await server.inFlight.settled();
      },
    };
  }

  status(): BusStatus {
    return this.closing === undefined ? { healthy: true } : { healthy: false, reason: 'closed' };
  }

  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    await this.queues.settled();
    this.servers.clear();
    this.listeners.clear();
  }

  private perform<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions): Promise<unknown> {
    const { subject } = contract;
    // While it closes, requests in flight may still call others.
    if (this.closing !== undefined && options.within === undefined) throw nobodyServes(subject);
    const context = outgoingContext(options);
    if (this.freeze) checkRequestSize(encodePayload(request));
    const begin = (server: Server): Promise<unknown> => {
      admit(contract, context);
      const shared = this.share(request) as RequestOf<Rpc>;
      return beforeDeadline(this.handle(server, subject, shared, context), context.deadline, subject);
    };
    const server = this.servers.get(subject);
    return server === undefined ? this.serverOf(subject, context.deadline).then(begin) : begin(server);
  }

  private serverOf(subject: string, deadline: number): Promise<Server> {
    return whileNobodyServes({ subject, deadline }, async () => {
      const server = this.servers.get(subject);
      if (server === undefined) throw this.closing === undefined ? new NoResponders() : nobodyServes(subject);
      return server;
    });
  }

  private async handle(
    { handler, inFlight }: Server,
    subject: string,
    request: RequestOf<Rpc>,
    context: CallContext,
  ): Promise<unknown> {
    inFlight.begin();
    try {
      inFlight.checkRoom();
      const reply: unknown = await handler(request, context);
      if (this.freeze || reply instanceof Encoded) checkReplySize(encodePayload(reply));
      return this.share(reply);
    } catch (error) {
      throw copyOf(toVisible(error, subject, context.requestId));
    } finally {
      inFlight.end();
    }
  }

  private share<Value>(value: Value): Value {
    return this.freeze ? deepFreeze(value) : value;
  }
}

/** Over the wire every caller gets an error of its own; so here. The cause does not cross. */
function copyOf({ code, message, details, retryAfterSeconds }: FechatterError): FechatterError {
  return new FechatterError(code, message, {
    details,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
