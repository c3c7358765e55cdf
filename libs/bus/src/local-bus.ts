import { FechatterError } from '#contracts/error.js';
import type { Event, PayloadOf, ReplyOf, RequestInputOf, RequestOf, Rpc, SubjectParams } from '#contracts/contract.js';
import { Logger } from '#telemetry/logger.js';
import { Bus, type BusStatus, type CallOptions, type EventHandler, type RpcHandler, type Subscription } from './bus.js';
import { admit, beforeDeadline, nobodyServes, outgoingContext, runInContext } from './context.js';
import { Encoded } from './encoded.js';
import { toVisible } from './failure.js';
import { deepFreeze } from './freeze.js';
import { InFlight } from './in-flight.js';
import { anySubject, fillSubject } from './subject.js';

const logger = new Logger('bus.local');

/**
 * The bus within one process. Requests, replies and events pass by reference: no JSON, no copies. Deadlines, callers and
 * errors mean what they mean over NATS; sizes are not checked, since nothing is encoded.
 */
export class LocalBus extends Bus {
  private readonly handlers = new Map<string, RpcHandler<Rpc>>();
  private readonly listeners = new Map<string, Set<EventHandler<Event>>>();
  private readonly inFlight = new InFlight();
  private readonly share: <Value>(value: Value) => Value;
  private closing = false;

  /** `freeze`: whoever changes a payload that is shared fails. For tests, as it costs time. */
  constructor({ freeze }: { freeze: boolean }) {
    super();
    this.share = freeze ? deepFreeze : (value) => value;
  }

  async call<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions = {}): Promise<ReplyOf<C>> {
    const reply = await this.perform(contract, request, options);
    return (reply instanceof Encoded ? JSON.parse(reply.bytes.toString('utf8')) : reply) as ReplyOf<C>;
  }

  async callEncoded<C extends Rpc>(
    contract: C,
    request: RequestInputOf<C>,
    options: CallOptions = {},
  ): Promise<Buffer> {
    const reply = await this.perform(contract, request, options);
    return reply instanceof Encoded ? reply.bytes : Buffer.from(JSON.stringify(reply));
  }

  publish<E extends Event>(event: E, params: SubjectParams<E['subject']>, payload: PayloadOf<E>): void {
    const shared = this.share(payload);
    for (const subject of new Set([fillSubject(event, params as Record<string, number>), anySubject(event)])) {
      for (const listener of this.listeners.get(subject) ?? [])
        queueMicrotask(() => void notify(subject, listener, shared));
    }
  }

  subscribe<E extends Event>(
    event: E,
    params: SubjectParams<E['subject']> | '*',
    handler: EventHandler<E>,
  ): Subscription {
    const subject = params === '*' ? anySubject(event) : fillSubject(event, params as Record<string, number>);
    const listeners = this.listeners.get(subject) ?? new Set();
    this.listeners.set(subject, listeners);
    const listener: EventHandler<Event> = (payload) => handler(payload as PayloadOf<E>);
    listeners.add(listener);
    return {
      unsubscribe: () => {
        listeners.delete(listener);
        if (listeners.size === 0 && this.listeners.get(subject) === listeners) this.listeners.delete(subject);
      },
    };
  }

  serve<C extends Rpc>(contract: C, handler: RpcHandler<C>): Subscription {
    this.handlers.set(contract.subject, handler as unknown as RpcHandler<Rpc>);
    return { unsubscribe: () => this.handlers.delete(contract.subject) };
  }

  status(): BusStatus {
    return this.closing ? { healthy: false, reason: 'closed' } : { healthy: true };
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.inFlight.settled();
    this.handlers.clear();
    this.listeners.clear();
  }

  private async perform<C extends Rpc>(
    contract: C,
    request: RequestInputOf<C>,
    options: CallOptions,
  ): Promise<unknown> {
    const context = outgoingContext(options);
    const handler = this.handlers.get(contract.subject);
    if (handler === undefined || this.closing) throw nobodyServes(contract.subject);
    admit(contract, context);
    const { subject } = contract;
    const work = this.inFlight.run(async () => {
      try {
        return await runInContext(context, () => handler(this.share(request) as RequestOf<C>, context));
      } catch (error) {
        throw copyOf(toVisible(error, subject));
      }
    });
    return this.share(await beforeDeadline(work, context.deadline, subject));
  }
}

/** Over the wire every caller gets an error of its own; so here. The cause does not cross. */
function copyOf({ code, message, details, retryAfterSeconds }: FechatterError): FechatterError {
  return new FechatterError(code, message, {
    details,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

async function notify(subject: string, listener: EventHandler<Event>, payload: unknown): Promise<void> {
  try {
    await listener(payload);
  } catch (error) {
    logger.error('A listener failed', error, { subject });
  }
}
