import { Injectable } from '@nestjs/common';
import type { LogEntry } from '#contracts/log.contract.js';
import { showQueue } from './queue.metrics.js';

const mostChats = 10_000;
const mostEntries = 20_000;
const mostOfChat = 1_000;
/** Entries that are taken at a time: while they are indexed, sends have to share a core. */
const pieceLength = 200;
/** So many entries are indexed within a second even while others are busy. */
const few = 1_500;

/** A chat whose log has grown, with the last entries of its log: a gapless stretch. */
export interface Growth {
  readonly chatId: number;
  readonly entries: readonly LogEntry[];
}

interface Waiting extends Growth {
  /** Since when, by `performance.now()`. */
  readonly since: number;
}

/**
 * Chats that wait for being read, each once, however often they grow meanwhile: those that have grown by entries that
 * are known, and those that are behind their logs, with those that have failed beside them. What does not fit is
 * forgotten, and found by comparison. For one reader of each.
 */
@Injectable()
export class ChatQueue {
  /** The one that waits longest comes first. */
  private readonly grown = new Map<number, Waiting>();
  private taken: readonly Waiting[] = [];
  /** Since when they wait; the next one comes first. */
  private readonly behind = new Map<number, number>();
  private followed: { readonly chatId: number; readonly since: number } | undefined;
  /** Since when those wait that could not be indexed; they are tried again. */
  private readonly failed = new Map<number, number>();
  private entryCount = 0;
  private closed = false;
  private sleepers: (() => void)[] = [];

  constructor() {
    showQueue(this);
  }

  /** How many chats are not indexed to their end, as far as is known. */
  get size(): number {
    const { followed, taken } = this;
    const known = [this.grown, this.behind, this.failed].flatMap((chats) => [...chats.keys()]);
    const ids = [...known, ...taken.map(({ chatId }) => chatId)];
    return new Set(followed === undefined ? ids : [...ids, followed.chatId]).size;
  }

  /** How long the one that waits longest has waited. */
  get lagSeconds(): number {
    const grown = [...this.grown.values(), ...this.taken].map(({ since }) => since);
    const late = [...this.behind.values(), ...this.failed.values()];
    const since = Math.min(...grown, ...late, this.followed?.since ?? Infinity);
    return since === Infinity ? 0 : (performance.now() - since) / 1000;
  }

  /** Whether something has grown, and that is little. */
  get isShort(): boolean {
    return this.entryCount > 0 && this.entryCount <= few;
  }

  /** Whether a piece is full. */
  get isLong(): boolean {
    return this.entryCount >= pieceLength;
  }

  /** Notes that a chat was found behind its log; whoever is waiting or under way already is left as it is. */
  find(chatId: number): void {
    const isKnown = this.grown.has(chatId) || this.behind.has(chatId) || this.followed?.chatId === chatId;
    if (!isKnown && !this.taken.some((taken) => taken.chatId === chatId)) this.fall(chatId, performance.now());
  }

  /** Notes that a chat has grown; `entries` are the last ones of its log. */
  push(chatId: number, entries: readonly LogEntry[]): void {
    const known = this.grown.get(chatId);
    const since = known?.since ?? performance.now();
    // A chat that is behind has to be read from its log first, so what is known of it is of no use yet.
    if (this.behind.has(chatId) || this.followed?.chatId === chatId) return this.fall(chatId, since);
    if (known === undefined && this.grown.size >= mostChats) return;
    const joined = known === undefined ? entries : join(known.entries, entries);
    this.entryCount -= known?.entries.length ?? 0;
    const fits = joined.length <= mostOfChat && this.entryCount + joined.length <= mostEntries;
    const kept = fits ? joined : [];
    this.entryCount += kept.length;
    this.grown.set(chatId, { chatId, entries: kept, since });
    if (kept.length === 0) this.fall(chatId, since);
    this.wake();
  }

  /** Settles when a chat has grown with true, and with false once the queue is closed. */
  filled(): Promise<boolean> {
    return this.until(() => this.grown.size > 0);
  }

  /** The next piece of new entries, of the chats that have waited longest. */
  take(): readonly Growth[] {
    const taken: Waiting[] = [];
    let room = pieceLength;
    for (const [chatId, { entries, since }] of this.grown) {
      if (room === 0) break;
      const piece = entries.slice(0, room);
      const rest = entries.slice(room);
      taken.push({ chatId, entries: piece, since });
      room -= piece.length;
      if (rest.length > 0) this.grown.set(chatId, { chatId, entries: rest, since });
      else this.grown.delete(chatId);
    }
    this.entryCount -= pieceLength - room;
    this.taken = taken;
    return taken;
  }

  /** What was taken is indexed, but of the chats `behind` something before is missing. Undefined: it has failed. */
  finish(behind: ReadonlySet<number> | undefined): void {
    const { taken } = this;
    this.taken = [];
    for (const { chatId, since } of taken) {
      if (behind === undefined) this.fail(chatId, since);
      else if (behind.has(chatId)) this.fall(chatId, since);
      else this.failed.delete(chatId);
    }
  }

  /** Settles when a chat is behind its log with true, and with false once the queue is closed. */
  fallenBehind(): Promise<boolean> {
    return this.until(() => this.behind.size > 0);
  }

  /** The chat that is to be brought on next, or undefined. */
  takeBehind(): number | undefined {
    const [next] = this.behind;
    if (next === undefined) return undefined;
    const [chatId, since] = next;
    this.behind.delete(chatId);
    this.followed = { chatId, since };
    return chatId;
  }

  /** A piece of its log is indexed; it comes after the others when that was not all of it. Undefined: it has failed. */
  finishBehind(isAll: boolean | undefined): void {
    const { followed } = this;
    this.followed = undefined;
    if (followed === undefined) return;
    const { chatId, since } = followed;
    if (isAll === undefined) this.fail(chatId, since);
    else if (isAll) this.failed.delete(chatId);
    else this.fall(chatId, since);
  }

  /** Lets those that have failed take their turns again. */
  retry(): void {
    for (const [chatId, since] of this.failed) this.fall(chatId, since);
  }

  /** Nothing is read any more. */
  close(): void {
    this.closed = true;
    this.wake();
  }

  /** The chat is behind its log: the entries that are known of it are of no use any more. */
  private fall(chatId: number, since: number): void {
    this.entryCount -= this.grown.get(chatId)?.entries.length ?? 0;
    this.grown.delete(chatId);
    if (this.behind.size >= mostChats) return;
    this.behind.set(chatId, Math.min(since, this.behind.get(chatId) ?? Infinity, this.failed.get(chatId) ?? Infinity));
    this.failed.delete(chatId);
    this.wake();
  }

  /** Whatever happens to the chat, it has waited since then until it is indexed. */
  private fail(chatId: number, since: number): void {
    if (this.failed.size >= mostChats && !this.failed.has(chatId)) return;
    this.failed.set(chatId, Math.min(since, this.failed.get(chatId) ?? Infinity));
  }

  private async until(isThere: () => boolean): Promise<boolean> {
    while (!isThere() && !this.closed) await new Promise<void>((resolve) => this.sleepers.push(resolve));
    return !this.closed;
  }

  private wake(): void {
    for (const resume of this.sleepers.splice(0)) resume();
  }
}

/** Both stretches as one, or nothing when something between them is missing. */
function join(known: readonly LogEntry[], entries: readonly LogEntry[]): readonly LogEntry[] {
  const end = known.at(-1)?.seq;
  const begin = entries[0]?.seq;
  if (end === undefined || begin === undefined || begin > end + 1) return [];
  return [...known, ...entries.filter(({ seq }) => seq > end)];
}
