import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { logRpc, type Head } from '#contracts/log.contract.js';
import { Loop } from '#service/loop.js';
import { activeOf, Engine } from '../engine/engine.js';
import { self } from '../self.js';
import { ChatQueue } from './chat-queue.js';
import { lagEntries } from './reader.metrics.js';

const recentMs = 1_000;
/** How soon a full comparison is tried again that did not end. */
const retryMs = 15_000;
const sweepMs = 600_000;
const slice = 1_000;

/** Finds what no event told: compares the index with the heads of the logs, lately changed ones often, all at times. */
@Injectable()
export class ComparisonService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly recent = new Loop('search.comparison', recentMs, () => this.compareRecent());
  private readonly sweep = new Loop('search.sweep', retryMs, () => this.compareAll());
  private sweptAt = -Infinity;
  private stopped = false;

  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(ChatQueue) private readonly queue: ChatQueue,
    @Inject(Engine) private readonly engine: Engine,
  ) {}

  onApplicationBootstrap(): void {
    this.recent.start();
    this.sweep.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.queue.close();
    await Promise.all([this.recent.stop(), this.sweep.stop()]);
  }

  private async compareRecent(): Promise<void> {
    const { heads } = await this.bus.call(logRpc.recentHeads, {}, { as: self });
    lagEntries.set(await this.compare(heads));
  }

  private async compareAll(): Promise<void> {
    if (performance.now() - this.sweptAt < sweepMs) return;
    const startedAt = performance.now();
    const generation = activeOf(await this.engine.generations());
    let after = 0;
    while (!this.stopped) {
      const page = await this.bus.call(logRpc.allHeads, { after_chat_id: after, limit: slice }, { as: self });
      await this.compare(page.heads);
      await this.queue.drained();
      after = page.heads.at(-1)?.chat_id ?? after;
      if (!page.has_more) break;
    }
    // What was there when it began is indexed. What was before the active generation goes.
    if (!this.stopped) await this.engine.completeGeneration(generation.id);
    this.sweptAt = startedAt;
  }

  /** Queues the chats that are not indexed to their end. Answers how many entries that are. */
  private async compare(heads: readonly Head[]): Promise<number> {
    const generation = activeOf(await this.engine.generations());
    const positions = await this.engine.positions(
      generation.id,
      heads.map(({ chat_id }) => chat_id),
    );
    let behind = 0;
    for (const { chat_id, last_seq } of heads) {
      const position = positions.get(chat_id) ?? 0;
      if (position !== last_seq) this.queue.push(chat_id, []);
      behind += Math.max(0, last_seq - position);
    }
    return behind;
  }
}
