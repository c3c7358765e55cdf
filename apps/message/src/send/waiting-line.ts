import { FechatterError } from '#contracts/error.js';
import type { Message } from '#contracts/message.contract.js';
import { currentSpan } from '#telemetry/current-span.js';
import type { Outgoing, RefusedOutcome } from './outgoing.js';

/** What became of a message: the stored one, or why it was refused; 'dropped' because another one of its unit was. */
export type Sent =
  | { readonly outcome: 'stored' | 'replayed'; readonly message: Message }
  | { readonly outcome: RefusedOutcome | 'dropped' };

/** Messages that are stored all or none; mostly a single one. */
export class Unit {
  readonly chats: ReadonlySet<number>;
  /** UTF-16 units of text. */
  readonly length: number;
  /** The span of the request that sends them. */
  readonly span = currentSpan();

  constructor(
    readonly messages: readonly Outgoing[],
    /** Nobody waits for the answer after it; epoch milliseconds. */
    readonly deadline: number,
    readonly resolve: (sent: Sent[]) => void,
    readonly reject: (error: unknown) => void,
  ) {
    this.chats = new Set(messages.map(({ chatId }) => chatId));
    this.length = messages.reduce((sum, { content }) => sum + content.length, 0);
  }
}

/** How much waits at most; UTF-16 units bound the memory. */
const mostMessages = 10_000;
const mostLength = 32 * 1024 * 1024;
/** How much a flush takes; a longer unit has a flush to itself. */
const mostPerFlush = 512;
const mostLengthPerFlush = 1024 * 1024;

/**
 * Units that wait for a flush, in one line for each chat in the order of arrival. One for several chats stands in all
 * their lines and leaves when it is the first in each: the oldest unit of all always is.
 */
export class WaitingLine {
  private readonly lines = new Map<number, Unit[]>();
  private messages = 0;
  private length = 0;

  /** How many messages wait. */
  get size(): number {
    return this.messages;
  }

  /** Chats for which something waits; those from which a flush has taken least recently come first. */
  get chats(): Iterable<number> {
    return this.lines.keys();
  }

  /** Throws UNAVAILABLE when the line is full. */
  add(unit: Unit): void {
    if (this.messages + unit.messages.length > mostMessages || this.length + unit.length > mostLength) {
      throw new FechatterError('UNAVAILABLE', 'Too many messages wait to be stored. Send it again in a moment.', {
        retryAfterSeconds: 1,
      });
    }
    for (const chatId of unit.chats) append(this.lines, chatId, unit);
    this.count(unit, 1);
  }

  /** Brings units back to where they were taken, in the same order. */
  putBack(units: readonly Unit[]): void {
    const fronts = new Map<number, Unit[]>();
    for (const unit of units) {
      for (const chatId of unit.chats) append(fronts, chatId, unit);
      this.count(unit, 1);
    }
    for (const [chatId, front] of fronts) this.lines.set(chatId, [...front, ...(this.lines.get(chatId) ?? [])]);
  }

  /** The first units of these chats, as far as all chats of a unit are free; what nobody waits for is refused. */
  take(chats: Iterable<number>, isFree: (chatId: number) => boolean): Unit[] {
    const taken: Unit[] = [];
    let messages = 0;
    let length = 0;
    for (const chatId of chats) {
      for (let unit = this.first(chatId, isFree); unit !== undefined; unit = this.first(chatId, isFree)) {
        const isFull = messages + unit.messages.length > mostPerFlush || length + unit.length > mostLengthPerFlush;
        if (isFull && taken.length > 0) return this.leave(taken);
        this.remove(unit);
        if (unit.deadline <= Date.now()) {
          unit.reject(tooLate());
          continue;
        }
        taken.push(unit);
        messages += unit.messages.length;
        length += unit.length;
      }
    }
    return this.leave(taken);
  }

  private first(chatId: number, isFree: (chatId: number) => boolean): Unit | undefined {
    const unit = this.lines.get(chatId)?.[0];
    if (unit === undefined) return undefined;
    for (const other of unit.chats) if (!isFree(other) || this.lines.get(other)?.[0] !== unit) return undefined;
    return unit;
  }

  private remove(unit: Unit): void {
    for (const chatId of unit.chats) {
      const line = this.lines.get(chatId);
      line?.shift();
      if (line?.length === 0) this.lines.delete(chatId);
    }
    this.count(unit, -1);
  }

  /** What is left of the chats that were served goes behind the others. */
  private leave(taken: Unit[]): Unit[] {
    for (const chatId of new Set(taken.flatMap(({ chats }) => [...chats]))) {
      const line = this.lines.get(chatId);
      if (line === undefined) continue;
      this.lines.delete(chatId);
      this.lines.set(chatId, line);
    }
    return taken;
  }

  private count(unit: Unit, by: 1 | -1): void {
    this.messages += by * unit.messages.length;
    this.length += by * unit.length;
  }
}

function append(lines: Map<number, Unit[]>, chatId: number, unit: Unit): void {
  const line = lines.get(chatId);
  if (line === undefined) lines.set(chatId, [unit]);
  else line.push(unit);
}

function tooLate(): FechatterError {
  return new FechatterError('UNAVAILABLE', 'The message waited too long and was not stored. Send it again.');
}
