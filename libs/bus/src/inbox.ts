import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import type { FechatterError } from '#contracts/error.js';
import { nobodyServes, timedOut } from './context.js';
import { decodeError } from './wire.js';

const sweepEveryMs = 50;
const noResponders = 503;

/** Nobody had subscribed: the request was certainly not begun, so it may be repeated. */
export class NoResponders extends Error {}

interface Pending {
  readonly subject: string;
  readonly deadline: number;
  resolve(message: Msg): void;
  reject(error: Error): void;
}

/**
 * One reply subject for all requests of this process, and one timer for all their deadlines. A subscription and a timer
 * per request, as NATS clients do it, cost two to four times as much.
 */
export class Inbox {
  private readonly prefix: string;
  private readonly pending = new Map<string, Pending>();
  private readonly sweeper: NodeJS.Timeout;
  private last = 0;

  constructor(
    private readonly connection: NatsConnection,
    inboxPrefix: string,
  ) {
    this.prefix = createInbox(inboxPrefix);
    connection.subscribe(`${this.prefix}.*`, { callback: (_error, message) => this.receive(message) });
    this.sweeper = setInterval(() => this.sweep(), sweepEveryMs);
    this.sweeper.unref();
  }

  request(subject: string, payload: Uint8Array, headers: MsgHdrs, deadline: number): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const token = (++this.last).toString(36);
      this.pending.set(token, { subject, deadline, resolve, reject });
      try {
        this.connection.publish(`rpc.${subject}`, payload, { headers, reply: `${this.prefix}.${token}` });
      } catch (error) {
        this.pending.delete(token);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** The connection is gone: whoever waits learns it now instead of at the deadline. */
  rejectAll(error: FechatterError): void {
    for (const pending of this.pending.values()) pending.reject(error);
    this.pending.clear();
  }

  close(): void {
    clearInterval(this.sweeper);
    this.rejectAll(nobodyServes('anything: the bus is closed'));
  }

  private receive(message: Msg): void {
    const token = message.subject.slice(this.prefix.length + 1);
    const pending = this.pending.get(token);
    if (pending === undefined) return;
    this.pending.delete(token);
    if (message.headers?.code === noResponders && message.data.length === 0) {
      pending.reject(new NoResponders());
      return;
    }
    const error = decodeError(message);
    if (error === undefined) pending.resolve(message);
    else pending.reject(error);
  }

  private sweep(): void {
    const now = Date.now();
    for (const [token, { deadline, subject, reject }] of this.pending) {
      if (deadline > now) continue;
      this.pending.delete(token);
      reject(timedOut(subject));
    }
  }
}
