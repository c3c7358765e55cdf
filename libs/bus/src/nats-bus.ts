import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Event, PayloadOf, ReplyOf, RequestInputOf, Rpc, SubjectParams } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';
import { Logger } from '#telemetry/logger.js';
import { Bus, type BusStatus, type CallOptions, type EventHandler, type RpcHandler } from './bus.js';
import type { Serving, Subscription } from './bus.js';
import { droppedEvents, timed } from './bus.metrics.js';
import { outgoingContext } from './context.js';
import { Encoded } from './encoded.js';
import { Identities } from './identity.js';
import { Queues } from './in-flight.js';
import { Listener } from './listener.js';
import { NatsAnswerer } from './nats-answer.js';
import { NatsCaller } from './nats-caller.js';
import { connectToNats } from './nats-connection.js';
import { nobodyServes } from './no-answer.js';
import { asBuffer, decodePayload, encodePayload, maxPayloadBytes } from './payload.js';
import { anySubject, fillSubject } from './subject.js';

const logger = new Logger('bus.nats');

/** How long a stop waits for the server to confirm that it sends nothing more. */
const drainMs = 2_000;

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
  private readonly caller: NatsCaller;
  private readonly answerer: NatsAnswerer;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly connection: NatsConnection,
    { secret, name }: NatsBusOptions,
  ) {
    super();
    const identities = new Identities(secret);
    this.caller = new NatsCaller(connection, identities, name);
    this.answerer = new NatsAnswerer(connection, identities);
  }

  /** Throws when NATS is not there within ten seconds; afterwards a lost connection comes back by itself. */
  static async connect(options: NatsBusOptions): Promise<NatsBus> {
    return new NatsBus(await connectToNats(options.url, options.name), options);
  }

  async call<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions): Promise<ReplyOf<C>> {
    const data = await this.perform(contract.subject, request, options);
    try {
      return decodePayload(data) as ReplyOf<C>;
    } catch (cause) {
      throw new FechatterError('INTERNAL_ERROR', undefined, { cause });
    }
  }

  async relay<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions): Promise<Encoded> {
    return new Encoded(asBuffer(await this.perform(contract.subject, request, options)));
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
    const subject = `event.${params === '*' ? anySubject(event) : fillSubject(event, params)}`;
    const listener = new Listener(event, handler);
    return this.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) return refused(subject, error);
        listener.hear(() => decodePayload(message.data));
      },
    });
  }

  serve<C extends Rpc>(contract: C, handler: RpcHandler<C>, { queue }: { queue: string }): Serving {
    const subject = `rpc.${contract.subject}`;
    const inFlight = this.queues.of(queue);
    const service = { contract, handler: handler as unknown as RpcHandler<Rpc>, inFlight };
    const subscription = this.connection.subscribe(subject, {
      queue,
      callback: (error, message) => {
        if (error !== null) return refused(subject, error);
        this.answerer.receive(message, service);
      },
    });
    const serving: Serving = {
      stop: async () => {
        this.serving.delete(serving);
        // Draining lets what the server has already sent us be answered.
        await within(drainMs, subscription.drain());
        await inFlight.settled();
      },
    };
    this.serving.add(serving);
    return serving;
  }

  status(): BusStatus {
    if (this.closing !== undefined || this.connection.isClosed()) return { healthy: false, reason: 'closed' };
    return this.caller.connected ? { healthy: true } : { healthy: false, reason: 'no connection to NATS' };
  }

  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    await Promise.all([...this.serving].map((serving) => serving.stop()));
    await this.queues.settled();
    this.caller.close();
    await within(drainMs, this.connection.drain());
    await this.connection.close();
  }

  private perform(subject: string, request: unknown, options: CallOptions): Promise<Uint8Array> {
    return timed(subject, () => {
      // While it closes, requests in flight may still call others.
      if (this.closing !== undefined && options.within === undefined) throw nobodyServes(subject);
      return this.caller.call(subject, request, outgoingContext(options));
    });
  }
}

function refused(subject: string, error: Error): void {
  logger.error('NATS refuses a subscription', error, { subject });
}

/** Waits for something of the connection, which may never come when the server is gone. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work.catch(() => undefined), pause(limitMs, undefined, { ref: false })]);
}
