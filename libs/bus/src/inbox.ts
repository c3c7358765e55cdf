import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { Logger } from '#telemetry/logger.js';
import { bundleRequests, cut, unbundleAnswers, type BundledRequest } from './bundle.js';
import { Deadlines, type Wait } from './deadlines.js';
import { NoResponders } from './retry.js';
import { nounOf } from './subject.js';
import { byKey, Turn } from './turn.js';
import { decodeError, encodeFacts, isError, type RequestFacts } from './wire.js';

const logger = new Logger('bus.nats');

/** For one service: twice what a process of it works on. One that hangs leaves the others their room. */
const mostPending = 4_000;
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

interface Pending extends Wait {
  /** Whose answer it is. */
  readonly noun: string;
  /** The message in which it went, by the token of the first request in it. */
  sentWith: string | undefined;
  resolve(payload: Uint8Array): void;
  reject(error: Error): void;
}

interface Outgoing extends BundledRequest {
  readonly subject: string;
}

/**
 * One reply subject for all requests of this process, and one timer for all their deadlines: a subscription and a timer
 * per request, as NATS clients do it, cost two to four times as much. Requests of one turn to one subject share a message.
 */
export class Inbox {
  private readonly prefix: string;
  private readonly pending = new Map<string, Pending>();
  /** How many are pending for each noun. */
  private readonly counts = new Map<string, number>();
  private readonly turn = new Turn<Outgoing>((requests) => this.sendAll(requests));
  private readonly deadlines = new Deadlines();
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

  /** The payload of the answer. Throws the error that the answer carries, NoResponders or Unanswered. */
  request(subject: string, payload: Uint8Array, facts: RequestFacts): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const noun = nounOf(subject);
      const count = this.counts.get(noun) ?? 0;
      if (count >= mostPending) throw new Unanswered('full');
      this.counts.set(noun, count + 1);
      const reply = (++this.last).toString(36);
      const expire = () => this.fail(reply, new Unanswered('deadline'));
      const pending = { noun, deadline: facts.deadline, sentWith: undefined, resolve, reject, expire };
      this.pending.set(reply, pending);
      this.deadlines.add(pending);
      this.turn.add({ subject: `rpc.${subject}`, reply, facts, payload });
    });
  }

  /** The connection is gone: whoever waits learns it now instead of at the deadline. */
  disconnected(): void {
    for (const token of this.pending.keys()) this.fail(token, new Unanswered('connection'));
  }

  private sendAll(requests: readonly Outgoing[]): void {
    const wanted = requests.filter(({ reply }) => this.pending.has(reply));
    for (const [subject, ofSubject] of byKey(wanted, (request) => request.subject)) this.send(subject, ofSubject);
  }

  private send(subject: string, requests: readonly BundledRequest[]): void {
    for (const part of cut(requests, ({ payload }) => payload.length)) {
      const [first] = part;
      if (first === undefined) continue;
      for (const { reply } of part) this.pending.get(reply)!.sentWith = first.reply;
      const message =
        part.length === 1 ? { payload: first.payload, headers: encodeFacts(first.facts) } : bundleRequests(part);
      try {
        const reply = `${this.prefix}.${first.reply}`;
        this.connection.publish(subject, message.payload, { headers: message.headers, reply });
      } catch (cause) {
        for (const { reply } of part) this.fail(reply, new Unanswered('connection', { cause }));
      }
    }
  }

  // Must not throw: the NATS client would stop reading from its connection, and say nothing.
  private receive(message: Msg): void {
    try {
      const answers = unbundleAnswers(message);
      if (answers === undefined) return this.receiveOne(message);
      for (const { to, payload, isError: failed } of answers) this.settle(to, payload, failed);
    } catch (error) {
      logger.error('An answer could not be read', error);
    }
  }

  private receiveOne(message: Msg): void {
    const token = message.subject.slice(this.prefix.length + 1);
    if (message.headers?.code !== noResponders || message.data.length > 0) {
      return this.settle(token, message.data, isError(message));
    }
    // The server says it of a message, with all requests in it.
    for (const [each, { sentWith }] of this.pending) if (sentWith === token) this.fail(each, new NoResponders());
  }

  private settle(token: string, payload: Uint8Array, failed: boolean): void {
    if (failed) return this.fail(token, decodeError(payload));
    this.take(token)?.resolve(payload);
  }

  private fail(token: string, error: Error): void {
    this.take(token)?.reject(error);
  }

  /** What is settled is waited for no more. */
  private take(token: string): Pending | undefined {
    const pending = this.pending.get(token);
    if (pending === undefined) return undefined;
    this.pending.delete(token);
    this.counts.set(pending.noun, (this.counts.get(pending.noun) ?? 0) - 1);
    this.deadlines.delete(pending);
    return pending;
  }
}
