import type { z } from 'zod';
import { FechatterError, type ErrorCode } from '#contracts/error.js';
import type { Message, SendMessage } from '#contracts/message.contract.js';
import { Backoff } from './backoff.js';
import { Pause, type Clock } from './clock.js';
import type { Emitter } from './emitter.js';
import type { ClientEvents } from './events.js';
import type { KeyValueStorage } from './storage.js';

const firstRetryMs = 1_000;

export type NewMessage = z.input<typeof SendMessage>;
export type QueuedMessage = NewMessage & { readonly idempotency_key: string };

/** What sending needs. */
export interface LaneHost {
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: Emitter<ClientEvents>;
  readonly storage: KeyValueStorage;
  /** One try. */
  transmit(message: QueuedMessage): Promise<Message>;
}

/** A message that waits for the server to say what became of it. */
export interface Waiting {
  readonly message: QueuedMessage;
  /** Orders what waits; rises. */
  readonly place: number;
  /** Where it is kept. */
  readonly key: string;
  readonly resolve: (message: Message) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * After these the outcome of a send is not known, or was that it could not be done just then: it is tried again with its
 * key, under which the server stores it once. Every other error is the server's last word.
 */
const passing: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'INTERNAL_ERROR', 'RATE_LIMITED', 'UNAUTHORIZED']);

/** The messages of one chat on their way, one after the other. */
export class Lane {
  readonly waiting: Waiting[] = [];
  private readonly pause: Pause;
  private isRunning = false;
  private isStopped = false;
  private isTrying = false;

  constructor(private readonly host: LaneHost) {
    this.pause = new Pause(host.clock);
  }

  push(waiting: Waiting): void {
    this.waiting.push(waiting);
    this.start();
  }

  start(): void {
    this.isStopped = false;
    if (!this.isRunning) void this.run();
  }

  /** Lets the try that is going on end, and begins no other. */
  stop(): void {
    this.isStopped = true;
    this.pause.wake();
  }

  wake(): void {
    this.pause.wake();
  }

  /** Takes back a message, unless the server has it before it just now; false when it is not here or too late. */
  cancel(idempotencyKey: string): boolean {
    const index = this.waiting.findIndex(({ message }) => message.idempotency_key === idempotencyKey);
    if (index < 0 || (index === 0 && this.isTrying)) return false;
    const [cancelled] = this.waiting.splice(index, 1);
    if (cancelled === undefined) return false;
    this.host.storage.removeItem(cancelled.key);
    cancelled.reject(new FechatterError('CONFLICT', 'The message was taken back.'));
    this.pause.wake();
    return true;
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    const backoff = new Backoff(firstRetryMs, this.host.random);
    for (let [first] = this.waiting; first !== undefined && !this.isStopped; [first] = this.waiting) {
      const wait = await this.try(first, backoff);
      if (wait !== undefined && !this.isStopped) await this.pause.wait(wait);
    }
    this.isRunning = false;
  }

  /** Milliseconds to wait before the next try; undefined when the message is settled. */
  private async try(first: Waiting, backoff: Backoff): Promise<number | undefined> {
    this.isTrying = true;
    try {
      this.settle(first, await this.host.transmit(first.message));
    } catch (error) {
      if (error instanceof FechatterError && passing.has(error.code)) {
        const seconds = error.retryAfterSeconds;
        return seconds === undefined ? backoff.next() : seconds * 1_000;
      }
      this.refuse(first, error);
    } finally {
      this.isTrying = false;
    }
    backoff.reset();
    return undefined;
  }

  private settle(first: Waiting, message: Message): void {
    this.remove(first);
    first.resolve(message);
    this.host.events.emit('sent', message);
  }

  private refuse(first: Waiting, reason: unknown): void {
    this.remove(first);
    first.reject(reason);
    const { idempotency_key, chat_id } = first.message;
    const error = reason instanceof FechatterError ? reason : new FechatterError('INTERNAL_ERROR');
    this.host.events.emit('refused', { idempotency_key, chat_id, error });
  }

  private remove(first: Waiting): void {
    this.waiting.shift();
    this.host.storage.removeItem(first.key);
  }
}
