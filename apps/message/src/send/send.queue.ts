import { Injectable } from '@nestjs/common';
import { Turn } from '#bus/turn.js';
import { FechatterError } from '#contracts/error.js';
import type { LogEntry } from '#contracts/log.contract.js';
import type { RecordedSpan } from '#telemetry/span.js';
import { onBehalfOf } from '#telemetry/tracing.js';
import { LogPublisher } from '../writer/log-publisher.js';
import { refusalOf } from './flush-error.js';
import { messageOf, type FlushOutcome, type Outgoing } from './outgoing.js';
import { mostFlushes } from './send.database.js';
import { flushSizes, showLine } from './send.metrics.js';
import { SendRepository } from './send.repository.js';
import { Unit, WaitingLine, type Sent } from './waiting-line.js';

/** So many must wait for a flush beside another one: a call costs as much as some 25 rows of it. */
const crowd = 128;
/** Flushes at the same time of chats that somebody else has locked. */
const mostWaits = 3;
const lockWaitMs = 2_000;

/** What a flush has left: units whose chats somebody else has locked, and the answers to all others. */
interface Flushed {
  readonly busy: readonly Unit[];
  readonly answer: () => void;
}

const nothing: Flushed = { busy: [], answer: () => undefined };

/**
 * Group commit. A flush takes all that waits, so a lone message leaves at once and a crowd shares commits; one flush is
 * in flight per chat and a few per process. What goes to a chat whose head another writer holds gets a flush of its own
 * that waits, and the others do not wait with it. Order within a chat is the order of arrival; only what has to wait so
 * may be overtaken by what was taken with it.
 */
@Injectable()
export class SendQueue {
  private readonly line = new WaitingLine();
  /** What arrives together leaves together; that is not a timer. */
  private readonly turn = new Turn<Unit>(() => this.pump());
  private readonly inFlight = new Set<number>();
  /** Chats in flight that have to be waited for, those together that units at the head of their lines share. */
  private readonly locked: ReadonlySet<number>[] = [];
  private flushes = 0;
  private waits = 0;

  constructor(
    private readonly messages: SendRepository,
    private readonly publisher: LogPublisher,
  ) {
    showLine(this.line);
  }

  /**
   * Stores all of the messages or none, and says of each what became of it. Settles after the commit. UNAVAILABLE when
   * the queue is full, a chat stays locked, nobody waits after `deadline` (epoch milliseconds), or the outcome is unknown.
   */
  send(messages: readonly Outgoing[], deadline: number): Promise<Sent[]> {
    return new Promise((resolve, reject) => {
      const unit = new Unit(messages, deadline, resolve, reject);
      this.line.add(unit);
      this.turn.add(unit);
    });
  }

  private pump(): void {
    while (this.flushes === 0 || (this.flushes < mostFlushes && this.line.size >= crowd)) {
      const units = this.line.take(this.line.chats, (chatId) => !this.inFlight.has(chatId));
      if (units.length === 0) break;
      const chats = chatsOf(units);
      for (const chatId of chats) this.inFlight.add(chatId);
      this.flushes += 1;
      void this.run(units, chats, null, () => (this.flushes -= 1));
    }
    while (this.waits < mostWaits) {
      const chats = this.locked.shift();
      if (chats === undefined) break;
      const units = this.line.take(chats, (chatId) => chats.has(chatId));
      this.waits += 1;
      void this.run(units, chats, lockWaitMs, () => (this.waits -= 1));
    }
  }

  /** Chats stay in flight as long as they are waited for. */
  private async run(
    units: readonly Unit[],
    chats: ReadonlySet<number>,
    lockWait: number | null,
    end: () => void,
  ): Promise<void> {
    const { busy, answer } = units.length === 0 ? nothing : await this.flush(units, lockWait);
    this.line.putBack(busy);
    const parts = overlapping(busy);
    this.locked.push(...parts);
    for (const chatId of chats) if (!parts.some((part) => part.has(chatId))) this.inFlight.delete(chatId);
    end();
    // PostgreSQL works on the next flush while this one is answered.
    this.pump();
    answer();
  }

  /** A unit that PostgreSQL cannot take fails alone. */
  private async flush(units: readonly Unit[], lockWait: number | null): Promise<Flushed> {
    try {
      const messages = units.map((unit) => unit.messages);
      const outcomes = await onBehalfOf(spansOf(units), () => this.messages.flush(messages, lockWait));
      flushSizes.observe(outcomes.reduce((sum, ofUnit) => sum + ofUnit.filter(isStored).length, 0));
      const busy = units.filter((_, index) => isBusy(outcomes[index]));
      return { busy, answer: () => this.settle(units, outcomes) };
    } catch (error) {
      const isRefused = !(error instanceof FechatterError);
      if (isRefused && units.length > 1) return this.flushEach(units, lockWait);
      const answer = () => {
        for (const chatId of chatsOf(units)) this.publisher.doubt(chatId);
        for (const { messages, reject } of units) reject(refusalOf(error, hasKeys(messages)));
      };
      return { busy: [], answer };
    }
  }

  private async flushEach(units: readonly Unit[], lockWait: number | null): Promise<Flushed> {
    const flushed: Flushed[] = [];
    for (const unit of units) flushed.push(await this.flush([unit], lockWait));
    return {
      busy: flushed.flatMap(({ busy }) => busy),
      answer: () => {
        for (const { answer } of flushed) answer();
      },
    };
  }

  /** Answers all but those of locked chats, after it has told who keeps copies. */
  private settle(units: readonly Unit[], outcomes: readonly (readonly FlushOutcome[])[]): void {
    const entries = new Map<number, LogEntry[]>();
    const answers: (() => void)[] = [];
    for (const [index, unit] of units.entries()) {
      const ofUnit = outcomes[index] ?? [];
      if (isBusy(ofUnit)) continue;
      const sent = ofUnit.map((outcome, place) => sentOf(unit.messages[place] as Outgoing, outcome));
      for (const one of sent) {
        if (one.outcome !== 'stored') continue;
        const { chat_id, seq } = one.message;
        const ofChat = entries.get(chat_id) ?? [];
        ofChat.push({ type: 'message.created', chat_id, seq, data: { message: one.message } });
        entries.set(chat_id, ofChat);
      }
      answers.push(() => unit.resolve(sent));
    }
    for (const [chatId, created] of entries) this.publisher.publish(chatId, created.at(-1)?.seq ?? 0, created);
    for (const answer of answers) answer();
  }
}

/** The chat of one of them is locked by somebody else, so all of the unit has to wait. */
function isBusy(outcomes: readonly FlushOutcome[] = []): boolean {
  return outcomes.some(({ outcome }) => outcome === 'busy');
}

function isStored({ outcome }: FlushOutcome): boolean {
  return outcome === 'stored';
}

function sentOf(outgoing: Outgoing, row: FlushOutcome): Sent {
  const { outcome } = row;
  if (outcome === 'stored' || outcome === 'replayed') return { outcome, message: messageOf(outgoing, row) };
  if (outcome === 'busy') throw new Error('A busy message is not settled');
  return { outcome };
}

function spansOf(units: readonly Unit[]): (RecordedSpan | undefined)[] {
  return units.map(({ span }) => span);
}

function chatsOf(units: readonly Unit[]): Set<number> {
  return new Set(units.flatMap(({ chats }) => [...chats]));
}

function hasKeys(messages: readonly Outgoing[]): boolean {
  return messages.every(({ key }) => key !== null);
}

/** The chats of units, in one set where units share them. */
function overlapping(units: readonly Unit[]): ReadonlySet<number>[] {
  let parts: ReadonlySet<number>[] = [];
  for (const { chats } of units) {
    const touching = parts.filter((part) => [...chats].some((chatId) => part.has(chatId)));
    const joined = new Set([...chats, ...touching.flatMap((part) => [...part])]);
    parts = [...parts.filter((part) => !touching.includes(part)), joined];
  }
  return parts;
}
