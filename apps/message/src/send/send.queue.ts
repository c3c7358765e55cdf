import { Inject, Injectable } from '@nestjs/common';
import { FechatterError } from '#contracts/error.js';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';
import { LogPublisher } from '../writer/log-publisher.js';
import { refusalOf } from './flush-error.js';
import { messageOf, type FlushOutcome, type Outgoing, type RefusedOutcome } from './outgoing.js';
import { SendRepository } from './send.repository.js';

/** What became of a message: the stored one, or why it was refused. */
export type Sent =
  { readonly outcome: 'stored' | 'replayed'; readonly message: Message } | { readonly outcome: RefusedOutcome };

interface Waiting {
  readonly outgoing: Outgoing;
  readonly resolve: (sent: Sent) => void;
  readonly reject: (error: unknown) => void;
}

/** How much waits at most; UTF-16 units bound the memory. */
const mostQueued = 5_000;
const mostQueuedUnits = 32 * 1024 * 1024;
const mostPerFlush = 256;
const mostUnitsPerFlush = 1024 * 1024;
/** Flushes at the same time, of chats that nobody else has locked and of those that somebody has. */
const mostFlushes = 3;
const mostWaits = 3;
const lockWaitMs = 2_000;

/**
 * Group commit. A flush takes all that waits, so a lone message leaves at once and a crowd shares commits; one flush is
 * in flight per chat and a few per process. A chat whose head another writer holds gets a flush of its own that waits,
 * and the others do not wait with it. Order within a chat is the order of arrival.
 */
@Injectable()
export class SendQueue {
  private readonly chats = new Map<number, Waiting[]>();
  private readonly inFlight = new Set<number>();
  private readonly locked: number[] = [];
  private queued = 0;
  private queuedUnits = 0;
  private flushes = 0;
  private waits = 0;
  private scheduled = false;

  constructor(
    @Inject(SendRepository) private readonly messages: SendRepository,
    @Inject(LogPublisher) private readonly publisher: LogPublisher,
  ) {}

  /** Settles after the commit. UNAVAILABLE when the queue is full, the chat stays locked, or the outcome is unknown. */
  send(outgoing: Outgoing): Promise<Sent> {
    if (this.queued >= mostQueued || this.queuedUnits + outgoing.content.length > mostQueuedUnits) {
      throw new FechatterError('UNAVAILABLE', 'Too many messages wait to be stored. Send it again in a moment.', {
        retryAfterSeconds: 1,
      });
    }
    return new Promise((resolve, reject) => {
      const queue = this.chats.get(outgoing.chatId) ?? [];
      queue.push({ outgoing, resolve, reject });
      this.chats.set(outgoing.chatId, queue);
      this.queued += 1;
      this.queuedUnits += outgoing.content.length;
      this.schedule();
    });
  }

  /** What arrives in one turn of the event loop leaves together; that is not a timer. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.pump();
    });
  }

  private pump(): void {
    while (this.flushes < mostFlushes) {
      const batch = this.takeFree();
      if (batch.length === 0) break;
      this.flushes += 1;
      void this.run(batch, null).finally(() => {
        this.flushes -= 1;
        this.schedule();
      });
    }
    while (this.waits < mostWaits) {
      const chatId = this.locked.shift();
      if (chatId === undefined) break;
      const batch = this.take(chatId, mostPerFlush, mostUnitsPerFlush);
      if (batch.length === 0) {
        this.inFlight.delete(chatId);
        continue;
      }
      this.waits += 1;
      void this.run(batch, lockWaitMs).finally(() => {
        this.waits -= 1;
        this.schedule();
      });
    }
  }

  private takeFree(): Waiting[] {
    const batch: Waiting[] = [];
    let units = 0;
    for (const chatId of this.chats.keys()) {
      if (this.inFlight.has(chatId)) continue;
      const taken = this.take(chatId, mostPerFlush - batch.length, mostUnitsPerFlush - units);
      if (taken.length === 0) continue;
      this.inFlight.add(chatId);
      for (const waiting of taken) {
        batch.push(waiting);
        units += waiting.outgoing.content.length;
      }
      if (batch.length >= mostPerFlush || units >= mostUnitsPerFlush) break;
    }
    return batch;
  }

  /** Takes the first messages of a chat, at least one; those for which nobody waits any more are refused. */
  private take(chatId: number, most: number, mostUnits: number): Waiting[] {
    const queue = this.chats.get(chatId) ?? [];
    const taken: Waiting[] = [];
    let units = 0;
    let end = 0;
    for (; end < queue.length && taken.length < most; end++) {
      const waiting = queue[end] as Waiting;
      if (waiting.outgoing.deadline <= Date.now()) {
        waiting.reject(
          new FechatterError('UNAVAILABLE', 'The message waited too long and was not stored. Send it again.'),
        );
        continue;
      }
      if (units + waiting.outgoing.content.length > mostUnits && units > 0) break;
      units += waiting.outgoing.content.length;
      taken.push(waiting);
    }
    for (const { outgoing } of queue.splice(0, end)) {
      this.queued -= 1;
      this.queuedUnits -= outgoing.content.length;
    }
    // What is left goes behind the other chats.
    this.chats.delete(chatId);
    if (queue.length > 0) this.chats.set(chatId, queue);
    return taken;
  }

  private async run(batch: readonly Waiting[], lockWait: number | null): Promise<void> {
    const busy = new Map<number, Waiting[]>();
    for (const waiting of await this.flush(batch, lockWait)) {
      const { chatId } = waiting.outgoing;
      busy.set(chatId, [...(busy.get(chatId) ?? []), waiting]);
    }
    for (const { outgoing } of batch) if (!busy.has(outgoing.chatId)) this.inFlight.delete(outgoing.chatId);
    for (const [chatId, waiting] of busy) this.putBack(chatId, waiting);
  }

  private putBack(chatId: number, waiting: readonly Waiting[]): void {
    this.chats.set(chatId, [...waiting, ...(this.chats.get(chatId) ?? [])]);
    this.queued += waiting.length;
    this.queuedUnits += waiting.reduce((sum, { outgoing }) => sum + outgoing.content.length, 0);
    this.locked.push(chatId);
  }

  /** Settles all but those of locked chats, which it answers. A message that PostgreSQL cannot take fails alone. */
  private async flush(batch: readonly Waiting[], lockWait: number | null): Promise<Waiting[]> {
    let outcomes: FlushOutcome[];
    try {
      outcomes = await this.messages.flush(
        batch.map(({ outgoing }) => outgoing),
        lockWait,
      );
    } catch (error) {
      const isRefused = !(error instanceof FechatterError);
      if (!isRefused || batch.length === 1) {
        for (const { outgoing, reject } of batch) reject(refusalOf(error, outgoing.key));
        return [];
      }
      const busy: Waiting[] = [];
      for (const waiting of batch) busy.push(...(await this.flush([waiting], lockWait)));
      return busy;
    }
    return this.settle(batch, outcomes);
  }

  private settle(batch: readonly Waiting[], outcomes: readonly FlushOutcome[]): Waiting[] {
    const busy: Waiting[] = [];
    const entries = new Map<number, LogEntry[]>();
    for (const [index, waiting] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined || outcome.outcome === 'busy') busy.push(waiting);
      else if (outcome.outcome === 'stored' || outcome.outcome === 'replayed') {
        const message = messageOf(waiting.outgoing, outcome);
        waiting.resolve({ outcome: outcome.outcome, message });
        if (outcome.outcome === 'replayed') continue;
        const { chat_id, seq } = message;
        const ofChat = entries.get(chat_id) ?? [];
        ofChat.push({ type: 'message.created', chat_id, seq, data: { message } });
        entries.set(chat_id, ofChat);
      } else waiting.resolve({ outcome: outcome.outcome });
    }
    for (const [chatId, created] of entries) this.publisher.publish(chatId, created.at(-1)?.seq ?? 0, created);
    return busy;
  }
}
