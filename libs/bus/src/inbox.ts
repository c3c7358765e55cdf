import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { NoResponders } from './retry.js';
import { decodeError } from './wire.js';

/** Shorter than what a caller keeps back of its deadline, so that it learns in time that the callee did not answer. */
const sweepEveryMs = 10;
const mostPending = 10_000;
const noResponders = 503;

/** Whether the request was carried out is unknown after `deadline` and `connection`; `full`: it was not even sent. */
export class Unanswered extends Error {
  constructor(
    readonly reason: 'deadline' | 'connection' | 'full',
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

interface Pending {
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
  private sweeper: NodeJS.Timeout | undefined;
  private last = 0;

  /** `inboxPrefix` is private to the service, so that NATS can keep others from listening. */
  constructor(
    private readonly connection: NatsConnection,
    inboxPrefix: string,
  ) {
    this.prefix = createInbox(inboxPrefix);
    connection.subscribe(`${this.prefix}.*`, {
      callback: (error, message) => {
        if (error === null) this.receive(message);
      },
    });
  }

  /** Throws the error that the answer carries, NoResponders or Unanswered. `deadline` in epoch milliseconds. */
  request(subject: string, payload: Uint8Array, headers: MsgHdrs, deadline: number): Promise<Msg> {
    return new Promise((resolve, reject) => {
      if (this.pending.size >= mostPending) throw new Unanswered('full');
      const token = (++this.last).toString(36);
      try {
        this.connection.publish(`rpc.${subject}`, payload, { headers, reply: `${this.prefix}.${token}` });
      } catch (cause) {
        throw new Unanswered('connection', { cause });
      }
      this.pending.set(token, { deadline, resolve, reject });
      this.sweeper ??= setInterval(() => this.sweep(), sweepEveryMs);
    });
  }

  /** The connection is gone: whoever waits learns it now instead of at the deadline. */
  disconnected(): void {
    for (const pending of this.pending.values()) pending.reject(new Unanswered('connection'));
    this.pending.clear();
    this.sweep();
  }

  // Must not throw: the NATS client would stop reading from its connection, and say nothing.
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
    for (const [token, pending] of this.pending) {
      if (pending.deadline > now) continue;
      this.pending.delete(token);
      pending.reject(new Unanswered('deadline'));
    }
    if (this.pending.size > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }
}
