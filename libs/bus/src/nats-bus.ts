import { setTimeout as pause } from 'node:timers/promises';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { FechatterError } from '#contracts/error.js';
import type { Event, PayloadOf, ReplyOf, RequestInputOf, RequestOf, Rpc, SubjectParams } from '#contracts/contract.js';
import { Logger } from '#telemetry/logger.js';
import { Bus, type BusStatus, type CallOptions, type EventHandler, type RpcHandler } from './bus.js';
import type { CallContext, Serving, Subscription } from './bus.js';
import { droppedEvents, timed } from './bus.metrics.js';
import { admit, runInContext } from './context.js';
import { toVisible } from './failure.js';
import { Identities } from './identity.js';
import { Queues, type InFlight } from './in-flight.js';
import { Listener } from './listener.js';
import { NatsCaller } from './nats-caller.js';
import { connectToNats } from './nats-connection.js';
import { asBuffer, checkReplySize, decodePayload, encodePayload, maxPayloadBytes } from './payload.js';
import { anySubject, fillSubject } from './subject.js';
import { decodeContext, encodeError } from './wire.js';

const logger = new Logger('bus.nats');
const closeLimitMs = 2_000;

export interface NatsBusOptions {
  readonly url: string;
  /** Shared by all processes of one installation; signs who calls. */
  readonly secret: string;
  /** Name of the app: shown in the server's list of connections, and part of the private reply subject. */
  readonly name: string;
}

/** The bus over NATS. Always over the wire, also to a service in the same process. */
export class NatsBus extends Bus {
  private readonly queues = new Queues();
  private readonly serving = new Set<Serving>();
  private readonly identities: Identities;
  private readonly caller: NatsCaller;

  private constructor(
    private readonly connection: NatsConnection,
    { secret, name }: NatsBusOptions,
  ) {
    super();
    this.identities = new Identities(secret);
    this.caller = new NatsCaller(connection, this.identities, name);
  }

  /** Throws when NATS is not there within ten seconds; afterwards a lost connection comes back by itself. */
  static async connect(options: NatsBusOptions): Promise<NatsBus> {
    return new NatsBus(await connectToNats(options.url, options.name), options);
  }

  async call<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions = {}): Promise<ReplyOf<C>> {
    const { data } = await timed(contract.subject, () => this.caller.call(contract.subject, request, options));
    return decodePayload(data) as ReplyOf<C>;
  }

  async callEncoded<C extends Rpc>(
    contract: C,
    request: RequestInputOf<C>,
    options: CallOptions = {},
  ): Promise<Buffer> {
    const { data } = await timed(contract.subject, () => this.caller.call(contract.subject, request, options));
    return asBuffer(data);
  }

  publish<E extends Event>(event: E, params: SubjectParams<E['subject']>, payload: PayloadOf<E>): void {
    // While there is no connection the client would collect without bound what nobody relies on.
    if (!this.caller.connected) return droppedEvents.inc({ event: event.subject, reason: 'disconnected' });
    try {
      const bytes = encodePayload(payload);
      if (bytes.length > maxPayloadBytes) throw new Error(`An event of ${bytes.length} bytes exceeds the bus`);
      this.connection.publish(`event.${fillSubject(event, params)}`, bytes);
    } catch (error) {
      droppedEvents.inc({ event: event.subject, reason: 'failed' });
      logger.error('An event could not be sent', error, { event: event.subject });
    }
  }

  subscribe<E extends Event>(
    event: E,
    params: SubjectParams<E['subject']> | '*',
    handler: EventHandler<E>,
  ): Subscription {
    const subject = params === '*' ? anySubject(event) : fillSubject(event, params);
    const listener = new Listener(event, handler);
    return this.connection.subscribe(`event.${subject}`, {
      callback: (error, message) => {
        if (error !== null) return logger.error('NATS refuses a subscription', error, { event: event.subject });
        const payload = decodeOr(message, () => droppedEvents.inc({ event: event.subject, reason: 'failed' }));
        if (payload !== undefined) listener.hear(payload.value);
      },
    });
  }

  serve<C extends Rpc>(contract: C, handler: RpcHandler<C>, { queue }: { queue: string }): Serving {
    const inFlight = this.queues.of(queue);
    const subscription = this.connection.subscribe(`rpc.${contract.subject}`, {
      queue,
      callback: (error, message) => {
        if (error !== null) return logger.error('NATS refuses a subscription', error, { subject: contract.subject });
        void this.answer(contract, handler as unknown as RpcHandler<Rpc>, inFlight, message);
      },
    });
    const serving: Serving = {
      stop: async () => {
        this.serving.delete(serving);
        // Draining lets what the server has already sent us be answered.
        await within(closeLimitMs, subscription.drain());
        await inFlight.settled();
      },
    };
    this.serving.add(serving);
    return serving;
  }

  status(): BusStatus {
    if (this.connection.isClosed()) return { healthy: false, reason: 'closed' };
    return this.caller.connected ? { healthy: true } : { healthy: false, reason: 'no connection to NATS' };
  }

  async close(): Promise<void> {
    if (this.connection.isClosed()) return;
    await Promise.all([...this.serving].map((serving) => serving.stop()));
    await this.queues.settled();
    this.caller.close();
    await within(closeLimitMs, this.connection.drain());
    await this.connection.close();
  }

  private async answer(contract: Rpc, handler: RpcHandler<Rpc>, inFlight: InFlight, message: Msg): Promise<void> {
    try {
      const context = decodeContext(message, this.identities);
      await runInContext(context, () => this.handle(contract, handler, inFlight, message, context));
    } catch (error) {
      respondWithError(message, error, contract.subject);
    }
  }

  private async handle(
    contract: Rpc,
    handler: RpcHandler<Rpc>,
    inFlight: InFlight,
    message: Msg,
    context: CallContext,
  ): Promise<void> {
    try {
      admit(contract, context);
      const request = decodeOr(message, () => {
        throw new FechatterError('BAD_REQUEST', 'The payload is not JSON.');
      });
      const reply = await inFlight.run(() => handler(request?.value as RequestOf<Rpc>, context));
      const bytes = encodePayload(reply);
      checkReplySize(bytes);
      message.respond(bytes);
    } catch (error) {
      respondWithError(message, error, contract.subject);
    }
  }
}

/** Never throws: a connection that is closed by now has nobody at its other end. */
function respondWithError(message: Msg, error: unknown, subject: string): void {
  const { payload, headers } = encodeError(toVisible(error, subject));
  try {
    message.respond(payload, { headers });
  } catch (failure) {
    logger.error('An answer could not be sent', failure, { subject });
  }
}

function decodeOr(message: Msg, otherwise: () => void): { value: unknown } | undefined {
  let value: unknown;
  try {
    value = decodePayload(message.data);
  } catch {
    otherwise();
    return undefined;
  }
  return { value };
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  await Promise.race([work.catch(() => undefined), pause(limitMs, undefined, { ref: false })]);
}
