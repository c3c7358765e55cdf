import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { decodeError } from './wire.js';

const sweepEveryMs = 50;
const mostPending = 10_000;
const noResponders = 503;

/**
 * No answer came. After `no responders` the request was certainly not begun; after `deadline` and `connection` nobody
 * knows; after `full` it was not sent, because too many wait already.
 */
export class Unanswered extends Error {
  constructor(
    readonly reason: 'no responders' | 'deadline' | 'connection' | 'full',
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
  private readonly sweeper: NodeJS.Timeout;
  private last = 0;

  /** `inboxPrefix` is private to the service, so that NATS can keep others from listening. */
  constructor(
    private readonly connection: NatsConnection,
    inboxPrefix: string,
  ) {
    this.prefix = createInbox(inboxPrefix);
    connection.subscribe(`${this.prefix}.*`, { callback: (_error, message) => this.receive(message) });
    this.sweeper = setInterval(() => this.sweep(), sweepEveryMs);
    this.sweeper.unref();
  }

  /** Rejects with the error that the answer carries, or with Unanswered. `deadline` in epoch milliseconds. */
  request(subject: string, payload: Uint8Array, headers: MsgHdrs, deadline: number): Promise<Msg> {
    return new Promise((resolve, reject) => {
      if (this.pending.size >= mostPending) throw new Unanswered('full');
      const token = (++this.last).toString(36);
      this.pending.set(token, { deadline, resolve, reject });
      try {
        this.connection.publish(`rpc.${subject}`, payload, { headers, reply: `${this.prefix}.${token}` });
      } catch (error) {
        this.pending.delete(token);
        throw new Unanswered('connection', { cause: error });
      }
    });
  }

  /** The connection is gone: whoever waits learns it now instead of at the deadline. */
  disconnected(): void {
    for (const pending of this.pending.values()) pending.reject(new Unanswered('connection'));
    this.pending.clear();
  }

  close(): void {
    clearInterval(this.sweeper);
    this.disconnected();
  }

  private receive(message: Msg): void {
    const token = message.subject.slice(this.prefix.length + 1);
    const pending = this.pending.get(token);
    if (pending === undefined) return;
    this.pending.delete(token);
    if (message.headers?.code === noResponders && message.data.length === 0) {
      pending.reject(new Unanswered('no responders'));
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
  }
}
