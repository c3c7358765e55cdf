import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { warm } from '#cache/warming.js';
import { Logger } from '#telemetry/logger.js';
import { ActivityRepository } from '../writer/activity.repository.js';
import { LatestPages } from './latest-pages.js';

const bounds = { most: 200, atOnce: 20 };
/** For all rounds together. */
const limitMs = 10_000;
/** Names come from auth, which may start later than this process. */
const againMs = 500;

/** After a start, when everybody comes back at once: prepares the latest pages of popular chats and their senders. */
@Injectable()
export class PageWarmer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('message.pages');
  private readonly stopping = new AbortController();
  private warming: Promise<void> = Promise.resolve();

  constructor(
    private readonly activity: ActivityRepository,
    private readonly pages: LatestPages,
  ) {}

  onApplicationBootstrap(): void {
    this.warming = this.warm().catch((error: unknown) => {
      if (!this.stopping.signal.aborted) this.logger.warn('No more pages are prepared', { reason: String(error) });
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.warming;
  }

  private async warm(): Promise<void> {
    const { signal } = this.stopping;
    const load = (slice: readonly number[]) => Promise.all(slice.map((chatId) => this.pages.prepare(chatId)));
    const until = performance.now() + limitMs;
    const popular = await this.activity.popularChats(bounds.most);
    let open = popular;
    for (;;) {
      const left = { ...bounds, limitMs: until - performance.now() };
      open = open.slice(await warm('messages:chat:{chat_id}:latest', open, load, left, signal));
      if (open.length === 0 || signal.aborted) return;
      if (performance.now() + againMs >= until)
        throw new Error(`${open.length} of ${popular.length} chats were not reached in ${limitMs} ms`);
      await pause(againMs, undefined, { signal });
    }
  }
}
