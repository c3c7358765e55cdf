import type { NatsConnection } from '@nats-io/transport-node';
import { Logger } from '#telemetry/logger.js';
import { Breakers, type Breaker } from './breaker.js';
import type { CallContext } from './bus.js';
import type { Identities } from './identity.js';
import { Inbox, Unanswered } from './inbox.js';
import { nobodyServes, tooManyWait, unanswered } from './no-answer.js';
import { checkRequestSize, encodePayload } from './payload.js';
import { NoResponders, whileNobodyServes } from './retry.js';
import { token } from './subject.js';
import { factsOf } from './wire.js';

const logger = new Logger('bus.nats');

/** The calling half of NatsBus: sends requests, watches the connection, gives up early where waiting is vain. */
export class NatsCaller {
  private readonly inbox: Inbox;
  private readonly breakers = new Breakers();
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

  /** The payload of the reply. Throws the callee's error, or UNAVAILABLE when there is no answer. */
  call(subject: string, request: unknown, context: CallContext): Promise<Uint8Array> {
    const payload = encodePayload(request);
    checkRequestSize(payload);
    const facts = factsOf(context, this.identities);
    const { deadline } = context;
    const breaker = this.breakers.of(subject);
    const allowedMs = deadline - Date.now();
    return whileNobodyServes({ subject, deadline }, async () => {
      if (!this.connected) throw nobodyServes(subject);
      breaker.pass();
      try {
        const reply = await this.inbox.request(subject, payload, facts);
        breaker.answered();
        return reply;
      } catch (error) {
        throw meaningOf(error, subject, breaker, allowedMs);
      }
    });
  }

  close(): void {
    this.inbox.disconnected();
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

function meaningOf(error: unknown, subject: string, breaker: Breaker, allowedMs: number): unknown {
  if (error instanceof NoResponders) return error;
  if (!(error instanceof Unanswered)) {
    breaker.answered();
    return error;
  }
  const { reason } = error;
  if (reason === 'full') return tooManyWait(subject);
  if (reason === 'deadline') breaker.timedOut(allowedMs);
  return unanswered(subject, reason);
}
