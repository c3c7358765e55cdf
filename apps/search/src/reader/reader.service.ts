import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, type Subscription } from '#bus/bus.js';
import { logEvent, logRpc, type LogEntry } from '#contracts/log.contract.js';
import { Logger } from '#telemetry/logger.js';
import { effectsOf } from '../document/document.js';
import { DocumentRepository } from '../document/document.repository.js';
import { self } from '../self.js';
import { ChatQueue } from './chat-queue.js';
import { Pace } from './pace.js';

/** Chats that are read at the same time. */
const workers = 4;
const pieceLength = 500;

/**
 * Reads the logs of all chats into the index. Position and effects of a chat move together and only from where they
 * are, so any number of readers may work at once: each stretch of a log counts exactly once.
 */
@Injectable()
export class ReaderService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('search.reader');
  private running: Promise<void>[] = [];
  private subscription: Subscription | undefined;
  private readonly pace = new Pace();
  private stopped = false;

  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(ChatQueue) private readonly queue: ChatQueue,
    @Inject(DocumentRepository) private readonly documents: DocumentRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.running = Array.from({ length: workers }, () => this.work());
    this.subscription = this.bus.subscribe(logEvent.chat, '*', ({ chat_id, entries }) => {
      this.queue.push(chat_id, entries);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.pace.end();
    this.subscription?.unsubscribe();
    this.queue.close();
    await Promise.all(this.running);
  }

  private async work(): Promise<void> {
    for (;;) {
      const growth = await this.queue.take();
      if (growth === undefined) return;
      const { chatId, entries } = growth;
      try {
        await this.catchUp(chatId, entries);
      } catch (error) {
        this.logger.error('A chat is not indexed for now; the next comparison finds it again', error, {
          chat_id: chatId,
        });
      } finally {
        this.queue.giveBack(chatId);
      }
    }
  }

  /** First with the entries at hand, then with whatever the log has beyond the index. */
  private async catchUp(chatId: number, entries: readonly LogEntry[]): Promise<void> {
    const [first] = entries;
    if (first !== undefined && (await this.pace.run(() => this.apply(chatId, first.seq - 1, entries)))) return;
    while (!this.stopped && !(await this.pace.run(() => this.follow(chatId))));
  }

  /** Indexes the next piece of the log. True when that was its end. */
  private async follow(chatId: number): Promise<boolean> {
    const position = await this.documents.begin(chatId);
    const range = { chat_id: chatId, after: position, limit: pieceLength };
    const { entries, last_seq, has_more } = await this.bus.call(logRpc.follow, range, { as: self });
    if (last_seq < position) await this.restart(chatId, position);
    else if (entries.length === 0) return true;
    else return (await this.apply(chatId, position, entries)) && !has_more;
    return false;
  }

  /** False when somebody else has moved the chat's position meanwhile; then nothing more was done. */
  private async apply(chatId: number, from: number, entries: readonly LogEntry[]): Promise<boolean> {
    let position = from;
    for (const stretch of stretches(entries)) {
      const seq = stretch.at(-1)?.seq ?? position;
      if (stretch[0]?.type === 'chat.deleted') await this.documents.purge(chatId);
      if (!(await this.documents.apply(chatId, position, seq, effectsOf(stretch)))) return false;
      position = seq;
    }
    return true;
  }

  /** A log that is shorter than its index came out of a backup: the chat is indexed anew. */
  private async restart(chatId: number, position: number): Promise<void> {
    await this.documents.purge(chatId);
    await this.documents.apply(chatId, position, 0, { stored: [], removedIds: [] });
  }
}

/** The end of a chat stands alone: its documents go in slices, outside the statement that moves the position. */
function stretches(entries: readonly LogEntry[]): readonly (readonly LogEntry[])[] {
  const end = entries.findIndex(({ type }) => type === 'chat.deleted');
  if (end === -1) return [entries];
  return [entries.slice(0, end), entries.slice(end)].filter((stretch) => stretch.length > 0);
}
