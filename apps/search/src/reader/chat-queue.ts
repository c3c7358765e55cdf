import { Injectable } from '@nestjs/common';
import type { LogEntry } from '#contracts/log.contract.js';
import { showQueue } from './queue.metrics.js';

const mostChats = 10_000;
const mostEntries = 20_000;
/** Entries that are kept of one chat, and that are taken at a time as far as whole chats allow. */
const pieceLength = 1_000;
/** So many entries are indexed within a second even while others are busy. */
const few = 1_500;

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
 * are fetched then, and chats found by comparison. For one reader.
 */
@Injectable()
export class ChatQueue {
  /** The one that waits longest comes first. */
  private readonly waiting = new Map<number, Waiting>();
  private taken: readonly Waiting[] = [];
  private entryCount = 0;
  private closed = false;
  private sleepers: (() => void)[] = [];

  constructor() {
    showQueue(this);
  }

  /** How many chats are not indexed to their end, as far as is known. */
  get size(): number {
    return this.waiting.size + this.taken.filter(({ chatId }) => !this.waiting.has(chatId)).length;
  }

  /** How long the one of them has waited that has waited longest. */
  get lagSeconds(): number {
    const [longest] = this.waiting.values();
    const since = Math.min(longest?.since ?? Infinity, ...this.taken.map((taken) => taken.since));
    return since === Infinity ? 0 : (performance.now() - since) / 1000;
  }

  /** Whether what waits is little; a chat whose entries are not known counts as much. */
  get isShort(): boolean {
    let length = 0;
    for (const { entries } of this.waiting.values()) length += entries.length || pieceLength;
    return length <= few;
  }

  /** Notes that a chat was found behind its log; whoever is waiting or under way already is left as it is. */
  find(chatId: number): void {
    if (!this.waiting.has(chatId) && !this.taken.some((taken) => taken.chatId === chatId)) this.push(chatId, []);
  }

  /** Notes that a chat has grown; `entries` are the last ones of its log. */
  push(chatId: number, entries: readonly LogEntry[]): void {
    const known = this.waiting.get(chatId);
    if (known === undefined && this.waiting.size >= mostChats) return;
    const joined = known === undefined ? [...entries] : join(known.entries, entries);
    this.entryCount -= known?.entries.length ?? 0;
    const fits = joined.length <= pieceLength && this.entryCount + joined.length <= mostEntries;
    const kept = fits ? joined : [];
    this.entryCount += kept.length;
    this.waiting.set(chatId, { chatId, entries: kept, since: known?.since ?? performance.now() });
    this.wake();
  }

  /** Settles when something waits with true, and with false once the queue is closed. */
  async filled(): Promise<boolean> {
    while (this.waiting.size === 0 && !this.closed) await this.sleep();
    return !this.closed;
  }

  /** What has waited longest: chats whose entries are known, or one whose entries are not. */
  take(): readonly Growth[] {
    const taken: Waiting[] = [];
    let length = 0;
    for (const next of this.waiting.values()) {
      const isKnown = next.entries.length > 0;
      if (taken.length > 0 && (!isKnown || length + next.entries.length > pieceLength)) break;
      taken.push(next);
      length += next.entries.length;
      if (!isKnown) break;
    }
    for (const { chatId } of taken) this.waiting.delete(chatId);
    this.entryCount -= length;
    this.taken = taken;
    return taken;
  }

  /** What was taken is indexed, or left to the comparison. */
  finish(): void {
    this.taken = [];
    this.wake();
  }

  /** Resolves when nothing waits and nothing is under way, or the queue is closed. */
  async drained(): Promise<void> {
    while (this.size > 0 && !this.closed) await this.sleep();
  }

  /** Nothing is read any more. */
  close(): void {
    this.closed = true;
    this.wake();
  }

  /** Until something happens to the queue. */
  private sleep(): Promise<void> {
    return new Promise((resolve) => this.sleepers.push(resolve));
  }

  private wake(): void {
    for (const resume of this.sleepers.splice(0)) resume();
  }
}

/** Both stretches as one, or nothing when something between them is missing. */
function join(known: readonly LogEntry[], entries: readonly LogEntry[]): LogEntry[] {
  const end = known.at(-1)?.seq;
  const begin = entries[0]?.seq;
  if (end === undefined || begin === undefined || begin > end + 1) return [];
  return [...known, ...entries.filter(({ seq }) => seq > end)];
}
