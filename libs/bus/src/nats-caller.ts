import { setTimeout as pause } from 'node:timers/promises';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { FechatterError } from '#contracts/error.js';
import { Logger } from '#telemetry/logger.js';
import { Breaker } from './breaker.js';
import type { CallOptions } from './bus.js';
import { nobodyServes, outgoingContext, timedOut } from './context.js';
import type { Identities } from './identity.js';
import { Inbox, Unanswered } from './inbox.js';
import { checkRequestSize, encodePayload } from './payload.js';
import { token } from './subject.js';
import { encodeContext } from './wire.js';

const logger = new Logger('bus.nats');

/** The pauses before a request that met nobody is tried again: a service may just be starting or moving. */
const retryPausesMs = [25, 100, 250];

/** The calling half of NatsBus: sends requests, watches the connection, gives up early where waiting is vain. */
export class NatsCaller {
  private readonly inbox: Inbox;
  private readonly breakers = new Map<string, Breaker>();
  private isConnected = true;

  constructor(
    private readonly connection: NatsConnection,
    private readonly identities: Identities,
    name: string,
  ) {
    this.inbox = new Inbox(connection, `_INBOX_${token(name)}`);
    void this.watch();
  }

  get connected(): boolean {
    return this.isConnected && !this.connection.isClosed();
  }

  /** The reply as it came. Throws the callee's error, or UNAVAILABLE when there is no answer. */
  async call(subject: string, request: unknown, options: CallOptions): Promise<Msg> {
    const context = outgoingContext(options);
    const payload = encodePayload(request);
    checkRequestSize(payload);
    const headers = encodeContext(context, this.identities);
    const breaker = this.breakerOf(subject);
    const start = Date.now();
    for (let tries = 0; ; tries++) {
      if (context.deadline <= Date.now()) throw timedOut(subject);
      if (!this.connected) throw nobodyServes(subject);
      breaker.pass();
      try {
        const reply = await this.inbox.request(subject, payload, headers, context.deadline);
        breaker.answered();
        return reply;
      } catch (error) {
        if (!(error instanceof Unanswered)) {
          breaker.answered();
          throw error;
        }
        const wait = retryPausesMs[tries] ?? Infinity;
        if (error.reason === 'deadline') {
          breaker.timedOut(context.deadline - start);
          throw timedOut(subject);
        }
        if (error.reason === 'full') throw new FechatterError('UNAVAILABLE', undefined, { retryAfterSeconds: 1 });
        if (error.reason === 'connection' || Date.now() + wait >= context.deadline) throw nobodyServes(subject);
        await pause(wait);
      }
    }
  }

  close(): void {
    this.inbox.close();
  }

  /** One for each group of subjects: those that begin with the same noun are served by the same app. */
  private breakerOf(subject: string): Breaker {
    const noun = subject.slice(0, subject.indexOf('.'));
    const known = this.breakers.get(noun);
    if (known !== undefined) return known;
    const added = new Breaker();
    this.breakers.set(noun, added);
    return added;
  }

  private async watch(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === 'disconnect' || type === 'staleConnection') {
        this.isConnected = false;
        this.inbox.disconnected();
        logger.warn('The connection to NATS is lost', { type });
      }
      if (type === 'reconnect') {
        this.isConnected = true;
        logger.info('The connection to NATS is back');
      }
    }
  }
}
