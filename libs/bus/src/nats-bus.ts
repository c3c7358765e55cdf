import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { FechatterError } from '#contracts/error.js';
import type { Event, PayloadOf, ReplyOf, RequestInputOf, RequestOf, Rpc, SubjectParams } from '#contracts/contract.js';
import { Logger } from '#telemetry/logger.js';
import { Bus, type BusStatus, type CallOptions, type EventHandler, type RpcHandler, type Subscription } from './bus.js';
import { admit, nobodyServes, outgoingContext, runInContext, timedOut } from './context.js';
import { Encoded } from './encoded.js';
import { toVisible } from './failure.js';
import { Identities } from './identity.js';
import { Inbox, NoResponders } from './inbox.js';
import { InFlight } from './in-flight.js';
import { anySubject, fillSubject } from './subject.js';
import { decodeContext, decodePayload, encodeContext, encodeError, encodePayload, maxPayloadBytes } from './wire.js';

const logger = new Logger('bus.nats');

export interface NatsBusOptions {
  readonly url: string;
  /** Shared by all processes of one installation; signs who calls. */
  readonly secret: string;
  /** Shown in the server's list of connections. */
  readonly name: string;
}

/** The pauses before a request that met nobody is tried again: a service may just be starting or moving. */
const retryPausesMs = [25, 100, 250];

/** The bus over NATS. Always over the wire, also to a service in the same process. */
export class NatsBus extends Bus {
  private readonly inFlight = new InFlight();
  private readonly identities: Identities;
  private readonly inbox: Inbox;
  private connected = true;

  private constructor(
    private readonly connection: NatsConnection,
    secret: string,
  ) {
    super();
    this.identities = new Identities(secret);
    this.inbox = new Inbox(connection, '_INBOX');
    void this.watch();
  }

  /** Waits up to ten seconds for the server to be there; afterwards a lost connection comes back by itself. */
  static async connect({ url, secret, name }: NatsBusOptions): Promise<NatsBus> {
    const until = Date.now() + 10_000;
    for (;;) {
      try {
        const options = { servers: url, name, maxReconnectAttempts: -1, reconnectTimeWait: 100, noAsyncTraces: true };
        return new NatsBus(await connect({ ...options, timeout: 2_000, pingInterval: 5_000 }), secret);
      } catch (error) {
        if (Date.now() > until) throw new Error(`NATS does not answer at ${new URL(url).host}`, { cause: error });
        await pause(200);
      }
    }
  }

  async call<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions = {}): Promise<ReplyOf<C>> {
    return decodePayload((await this.perform(contract, request, options)).data) as ReplyOf<C>;
  }

  async callEncoded<C extends Rpc>(
    contract: C,
    request: RequestInputOf<C>,
    options: CallOptions = {},
  ): Promise<Buffer> {
    const { data } = await this.perform(contract, request, options);
    return Buffer.from(data.buffer, data.byteOffset, data.length);
  }

  publish<E extends Event>(event: E, params: SubjectParams<E['subject']>, payload: PayloadOf<E>): void {
    // While there is no connection the client would collect without bound what nobody relies on.
    if (!this.connected) return;
    const bytes = encodePayload(payload);
    if (bytes.length > maxPayloadBytes) {
      logger.warn('An event was too large and is not sent', { subject: event.subject, bytes: bytes.length });
      return;
    }
    try {
      this.connection.publish(`event.${fillSubject(event, params as Record<string, number>)}`, bytes);
    } catch (error) {
      logger.error('An event could not be sent', error, { subject: event.subject });
    }
  }

  subscribe<E extends Event>(
    event: E,
    params: SubjectParams<E['subject']> | '*',
    handler: EventHandler<E>,
  ): Subscription {
    const subject = params === '*' ? anySubject(event) : fillSubject(event, params as Record<string, number>);
    return this.connection.subscribe(`event.${subject}`, {
      callback: (_error, message) => void this.notify(event, handler as EventHandler<Event>, message),
    });
  }

  serve<C extends Rpc>(contract: C, handler: RpcHandler<C>, { queue }: { queue: string }): Subscription {
    const subscription = this.connection.subscribe(`rpc.${contract.subject}`, {
      queue,
      callback: (_error, message) => void this.answer(contract, handler as unknown as RpcHandler<Rpc>, message),
    });
    // Draining lets what the server has already sent us be answered.
    return { unsubscribe: () => void subscription.drain().catch(() => undefined) };
  }

  status(): BusStatus {
    if (this.connection.isClosed()) return { healthy: false, reason: 'closed' };
    return this.connected ? { healthy: true } : { healthy: false, reason: 'no connection to NATS' };
  }

  async close(): Promise<void> {
    if (this.connection.isClosed()) return;
    await this.inFlight.settled();
    this.inbox.close();
    await Promise.race([this.connection.drain().catch(() => undefined), pause(2_000, undefined, { ref: false })]);
    await this.connection.close();
  }

  private async perform<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions): Promise<Msg> {
    const { subject } = contract;
    const context = outgoingContext(options);
    const payload = encodePayload(request);
    if (payload.length > maxPayloadBytes) throw new FechatterError('PAYLOAD_TOO_LARGE');
    const headers = encodeContext(context, this.identities);
    for (let tries = 0; ; tries++) {
      if (!this.connected || this.connection.isClosed()) throw nobodyServes(subject);
      if (context.deadline <= Date.now()) throw timedOut(subject);
      try {
        return await this.inbox.request(subject, payload, headers, context.deadline);
      } catch (error) {
        if (error instanceof FechatterError) throw error;
        const wait = retryPausesMs[tries];
        if (!(error instanceof NoResponders) || wait === undefined) throw nobodyServes(subject);
        await pause(wait);
      }
    }
  }

  private async answer(contract: Rpc, handler: RpcHandler<Rpc>, message: Msg): Promise<void> {
    try {
      const context = decodeContext(message, this.identities);
      admit(contract, context);
      const request = parse(message);
      const reply = await this.inFlight.run(() =>
        runInContext(context, () => handler(request as RequestOf<Rpc>, context)),
      );
      const bytes = reply instanceof Encoded ? reply.bytes : encodePayload(reply);
      if (bytes.length > maxPayloadBytes) throw new Error(`A reply of ${bytes.length} bytes exceeds the bus`);
      message.respond(bytes);
    } catch (error) {
      const { payload, headers } = encodeError(toVisible(error, contract.subject));
      message.respond(payload, { headers });
    }
  }

  private async notify(event: Event, handler: EventHandler<Event>, message: Msg): Promise<void> {
    try {
      await handler(decodePayload(message.data));
    } catch (error) {
      logger.error('A listener failed', error, { subject: event.subject });
    }
  }

  private async watch(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === 'disconnect' || type === 'staleConnection') {
        this.connected = false;
        this.inbox.rejectAll(nobodyServes('anything: the connection to NATS is lost'));
        logger.warn('The connection to NATS is lost');
      }
      if (type === 'reconnect') {
        this.connected = true;
        logger.info('The connection to NATS is back');
      }
    }
  }
}

function parse(message: Msg): unknown {
  try {
    return decodePayload(message.data);
  } catch {
    throw new FechatterError('BAD_REQUEST', 'The payload is not JSON.');
  }
}
