import { Injectable } from '@nestjs/common';
import type { LogEntry } from '#contracts/log.contract.js';
import { showQueue } from './queue.metrics.js';

const mostChats = 10_000;
const mostEntries = 20_000;
const mostEntriesOfChat = 500;

/** A chat whose log has grown, with the entries that are known already: a gapless stretch, or none. */
export interface Growth {
  readonly chatId: number;
  readonly entries: readonly LogEntry[];
}

interface Waiting extends Growth {
  /** Since when, by `performance.now()`. */
  readonly since: number;
}

/**
 * Chats that wait for being read, each once, however often they grow meanwhile. What does not fit is forgotten: entries
 * are fetched then, and chats found by comparison.
 */
@Injectable()
export class ChatQueue {
  /** The one that waits longest comes first. */
  private readonly waiting = new Map<number, Waiting>();
  /** What is read right now, with the time since when it waited. */
  private readonly taken = new Map<number, number>();
  private entryCount = 0;
  private closed = false;
  private sleepers: (() => void)[] = [];

  constructor() {
    showQueue(this);
  }

  /** How many chats are not indexed to their end, as far as is known. */
  get size(): number {
    const taken = [...this.taken.keys()].filter((chatId) => !this.waiting.has(chatId));
    return this.waiting.size + taken.length;
  }

  /** How long the one of them has waited that has waited longest. */
  get lagSeconds(): number {
    const [longest] = this.waiting.values();
    const since = Math.min(longest?.since ?? Infinity, ...this.taken.values());
    return since === Infinity ? 0 : (performance.now() - since) / 1000;
  }

  /** Notes that a chat has grown; `entries` are the last ones of its log. */
  push(chatId: number, entries: readonly LogEntry[]): void {
    const known = this.waiting.get(chatId);
    if (known === undefined && this.waiting.size >= mostChats) return;
    const joined = known === undefined ? [...entries] : join(known.entries, entries);
    this.entryCount -= known?.entries.length ?? 0;
    const fits = joined.length <= mostEntriesOfChat && this.entryCount + joined.length <= mostEntries;
    const kept = fits ? joined : [];
    this.entryCount += kept.length;
    this.waiting.set(chatId, { chatId, entries: kept, since: known?.since ?? performance.now() });
    this.wake();
  }

  /** The chat that has waited longest, of those that nobody else has taken. Undefined once the queue is closed. */
  async take(): Promise<Growth | undefined> {
    while (!this.closed) {
      const next = this.first();
      if (next === undefined) {
        await this.sleep();
        continue;
      }
      this.waiting.delete(next.chatId);
      this.entryCount -= next.entries.length;
      this.taken.set(next.chatId, next.since);
      return next;
    }
    return undefined;
  }

  /** The chat may be taken again. */
  giveBack(chatId: number): void {
    this.taken.delete(chatId);
    this.wake();
  }

  /** Resolves when nothing waits, or the queue is closed. */
  async drained(): Promise<void> {
    while (this.waiting.size > 0 && !this.closed) await this.sleep();
  }

  /** Nothing can be taken any more. */
  close(): void {
    this.closed = true;
    this.wake();
  }

  private first(): Waiting | undefined {
    for (const waiting of this.waiting.values()) if (!this.taken.has(waiting.chatId)) return waiting;
    return undefined;
  }

  /** Until something happens to the queue. */
  private sleep(): Promise<void> {
    return new Promise((resolve) => this.sleepers.push(resolve));
  }

  private wake(): void {
    for (const resume of this.sleepers.splice(0)) resume();
  }
}

/** Both stretches as one, or the later one alone when something between them is missing. */
function join(known: readonly LogEntry[], entries: readonly LogEntry[]): LogEntry[] {
  const end = known.at(-1)?.seq;
  const begin = entries[0]?.seq;
  if (end === undefined || begin === undefined || begin > end + 1) return [...entries];
  return [...known, ...entries.filter(({ seq }) => seq > end)];
}
