import { Injectable } from '@nestjs/common';
import type { LogEntry } from '#contracts/log.contract.js';

const mostChats = 10_000;
const mostEntries = 20_000;
const mostEntriesOfChat = 500;

/** A chat whose log has grown, with the entries that are known already: a gapless stretch, or none. */
export interface Growth {
  readonly chatId: number;
  readonly entries: readonly LogEntry[];
}

/**
 * Chats that wait for being read, each once, however often they grow meanwhile. What does not fit is forgotten: entries
 * are fetched then, and chats found by comparison.
 */
@Injectable()
export class ChatQueue {
  private readonly waiting = new Map<number, LogEntry[]>();
  private readonly taken = new Set<number>();
  private entryCount = 0;
  private closed = false;
  private sleepers: (() => void)[] = [];

  /** Notes that a chat has grown; `entries` are the last ones of its log. */
  push(chatId: number, entries: readonly LogEntry[]): void {
    const known = this.waiting.get(chatId);
    if (known === undefined && this.waiting.size >= mostChats) return;
    const joined = known === undefined ? [...entries] : join(known, entries);
    this.entryCount -= known?.length ?? 0;
    const fits = joined.length <= mostEntriesOfChat && this.entryCount + joined.length <= mostEntries;
    const kept = fits ? joined : [];
    this.entryCount += kept.length;
    this.waiting.set(chatId, kept);
    this.wake();
  }

  /** The next chat that nobody else has taken; waits for one. Undefined once the queue is closed. */
  async take(): Promise<Growth | undefined> {
    while (!this.closed) {
      for (const [chatId, entries] of this.waiting) {
        if (this.taken.has(chatId)) continue;
        this.waiting.delete(chatId);
        this.entryCount -= entries.length;
        this.taken.add(chatId);
        return { chatId, entries };
      }
      await new Promise<void>((resolve) => this.sleepers.push(resolve));
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
    while (this.waiting.size > 0 && !this.closed) await new Promise<void>((resolve) => this.sleepers.push(resolve));
  }

  /** Nothing can be taken any more. */
  close(): void {
    this.closed = true;
    this.wake();
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
