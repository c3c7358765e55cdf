import { LRUCache } from 'lru-cache';

const mostChats = 20_000;
const mostReaders = 50_000;
/** How long a chat is believed without looking. It bounds what a commit could do whose outcome nobody learned. */
const trustedMs = 10_000;

interface Known {
  lastSeq: number;
  readonly readers: Set<number>;
  readonly until: number;
}

/**
 * What this process knows of chats because it alone writes them: where their logs end and who was seen to be present.
 * Every write tells it after its commit and before its answer. Where others write too it knows nothing.
 */
export class GateMemory {
  private generation = 0;
  private readonly chats = new LRUCache<number, Known>({
    max: mostChats,
    dispose: (_known, _chatId, reason) => {
      if (reason === 'evict') this.generation += 1;
    },
  });

  constructor(private readonly isSoleWriter: boolean) {}

  /** The end of the chat's log for a present member; undefined where that has to be looked up. */
  recall(userId: number, chatId: number): number | undefined {
    if (!this.isSoleWriter) return undefined;
    const known = this.chats.get(chatId);
    if (known === undefined || !known.readers.has(userId)) return undefined;
    return known.until > performance.now() ? known.lastSeq : undefined;
  }

  /** To be taken before a look-up whose answer is to be remembered. */
  get now(): number {
    return this.generation;
  }

  /** Takes the answer of a look-up that began at `since`, unless something was forgotten in between. */
  remember(since: number, userId: number, chatId: number, lastSeq: number): void {
    if (!this.isSoleWriter || since !== this.generation) return;
    const known = this.chats.get(chatId);
    const isTrusted = known !== undefined && known.until > performance.now() && known.readers.size < mostReaders;
    const next = isTrusted ? known : this.begin(chatId, known?.lastSeq ?? 0);
    next.lastSeq = Math.max(next.lastSeq, lastSeq);
    next.readers.add(userId);
  }

  /** The chat's log has grown to this end. */
  advance(chatId: number, lastSeq: number): void {
    if (!this.isSoleWriter) return;
    const known = this.chats.get(chatId) ?? this.begin(chatId, 0);
    known.lastSeq = Math.max(known.lastSeq, lastSeq);
  }

  /** Who is present there may have changed, or a write's outcome is not known. */
  forget(chatId: number): void {
    this.generation += 1;
    this.chats.delete(chatId);
  }

  /** Who is present anywhere may have changed. */
  forgetAll(): void {
    this.generation += 1;
    this.chats.clear();
  }

  private begin(chatId: number, lastSeq: number): Known {
    const known = { lastSeq, readers: new Set<number>(), until: performance.now() + trustedMs };
    this.chats.set(chatId, known);
    return known;
  }
}
