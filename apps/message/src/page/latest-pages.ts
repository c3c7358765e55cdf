import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Encoded } from '#bus/encoded.js';
import { CacheTally } from '#cache/cache.metrics.js';
import { memories } from '#cache/patterns.js';
import { notFound } from '#contracts/error.js';
import type { LogEntry } from '#contracts/log.contract.js';
import { GateMemory } from '../gate/gate.memory.js';
import { GateService } from '../gate/gate.service.js';
import { LogService } from '../log/log.service.js';
import { SenderService } from '../sender/sender.service.js';
import { LogPublisher } from '../writer/log-publisher.js';
import { LatestPage, mostLatest } from './latest-page.js';
import { PageRepository } from './page.repository.js';

const mostBytes = 64 * 1024 * 1024;
/** The names in a page may be as old as this and the memory of senders together: a rename shows within a minute. */
const keptMs = memories.latestPage.localMs;
/** A page that is further behind is read anew. */
const mostMissing = 100;
const mostTries = 3;

/**
 * The latest pages of chats that are read, as bytes. A page is served only as of the seq at which the gate found its
 * reader present: it shows neither less than the log had then nor anything that came later.
 */
@Injectable()
export class LatestPages {
  private readonly pages = new LRUCache<number, LatestPage>({
    maxSize: mostBytes,
    sizeCalculation: (page) => page.size,
    ttl: keptMs,
    noUpdateTTL: true,
  });
  private readonly pending = new Map<number, Promise<LatestPage | undefined>>();
  private readonly tally = new CacheTally('messages');

  constructor(
    private readonly gate: GateService,
    private readonly memory: GateMemory,
    private readonly repository: PageRepository,
    private readonly logs: LogService,
    private readonly senders: SenderService,
    publisher: LogPublisher,
  ) {
    publisher.onGrown((chatId, entries) => this.advance(chatId, entries));
  }

  /**
   * The newest messages of a chat, at most `limit` (1 to `mostLatest`). Undefined where the chat changes too fast for a
   * page, or its page holds fewer. NOT_FOUND unless the user is present.
   */
  async read(userId: number, chatId: number, limit: number): Promise<Encoded | undefined> {
    const recalled = this.memory.recall(userId, chatId);
    const ready = recalled === undefined ? undefined : this.pages.get(chatId)?.answer(limit, recalled);
    if (ready !== undefined) {
      this.tally.localHits++;
      return ready;
    }
    let isHit = true;
    let isLoad = false;
    for (let tries = 0; tries < mostTries; tries++) {
      const lastSeq = await this.gate.lastSeq(userId, chatId);
      if (lastSeq === undefined) throw notFound('chat');
      const held = this.upTo(chatId, lastSeq);
      isHit &&= held !== undefined;
      isLoad ||= held === undefined && !this.pending.has(chatId);
      const answer = (held ?? (await this.renewed(chatId)))?.answer(limit, lastSeq);
      if (answer === undefined) continue;
      // Once for a read, however often it looked; who waited for the load of another is neither.
      if (isHit) this.tally.localHits++;
      if (isLoad) this.tally.misses++;
      return answer;
    }
    this.tally.misses++;
    return undefined;
  }

  /** Has the page of a chat at hand for whoever reads it next. Nobody has asked for it: it counts nothing. */
  async prepare(chatId: number): Promise<void> {
    await this.serve(chatId, 0);
  }

  /** The chats whose pages are held, for the auditor. */
  held(): number[] {
    return [...this.pages.keys()];
  }

  /** A page as a read that finds the log at `lastSeq` has it, for the auditor. */
  async serve(chatId: number, lastSeq: number): Promise<LatestPage | undefined> {
    return this.upTo(chatId, lastSeq) ?? this.renewed(chatId);
  }

  /** A page of what is stored, which is not kept. */
  async reload(chatId: number): Promise<LatestPage | undefined> {
    const slice = await this.repository.newest(chatId, mostLatest + 1);
    if (slice === undefined) return undefined;
    const messages = await this.senders.attach(slice.rows.slice(0, mostLatest));
    return new LatestPage(chatId, messages, slice.asOfSeq, slice.found > messages.length);
  }

  private upTo(chatId: number, lastSeq: number): LatestPage | undefined {
    const page = this.pages.get(chatId);
    return page !== undefined && page.lastSeq >= lastSeq ? page : undefined;
  }

  private renewed(chatId: number): Promise<LatestPage | undefined> {
    const pending = this.pending.get(chatId) ?? this.renew(chatId).finally(() => this.pending.delete(chatId));
    this.pending.set(chatId, pending);
    return pending;
  }

  private async renew(chatId: number): Promise<LatestPage | undefined> {
    const page = this.pages.get(chatId);
    if (page === undefined) return this.load(chatId);
    const range = { chat_id: chatId, after: page.lastSeq, limit: mostMissing };
    const { entries, has_more } = await this.logs.follow(range);
    return !has_more && this.extend(chatId, page, entries) ? page : this.load(chatId);
  }

  private advance(chatId: number, entries: readonly LogEntry[]): void {
    const page = this.pages.peek(chatId);
    if (page !== undefined) this.extend(chatId, page, entries);
  }

  private extend(chatId: number, page: LatestPage, entries: readonly LogEntry[]): boolean {
    const isRight = entries.every((entry) => page.apply(entry));
    if (!isRight) this.pages.delete(chatId);
    // One whose time ended meanwhile begins no second life: its names may be as old as it is.
    else if (this.pages.peek(chatId) === page) this.pages.set(chatId, page);
    return isRight;
  }

  private async load(chatId: number): Promise<LatestPage | undefined> {
    const page = await this.reload(chatId);
    if (page !== undefined) this.pages.set(chatId, page);
    return page;
  }
}
