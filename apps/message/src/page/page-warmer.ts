import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { warm } from '#cache/warming.js';
import { Logger } from '#telemetry/logger.js';
import { ActivityRepository } from '../writer/activity.repository.js';
import { LatestPages } from './latest-pages.js';

const bounds = { most: 200, atOnce: 20, limitMs: 10_000 };
/** Names come from auth, which may start later than this process. */
const tries = 20;
const againMs = 500;

/** After a start, when everybody comes back at once: prepares the latest pages of popular chats and their senders. */
@Injectable()
export class PageWarmer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('message.pages');
  private readonly stopping = new AbortController();
  private warming: Promise<void> = Promise.resolve();

  constructor(
    @Inject(ActivityRepository) private readonly activity: ActivityRepository,
    @Inject(LatestPages) private readonly pages: LatestPages,
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
    let open = await this.activity.popularChats(bounds.most);
    for (let round = 0; open.length > 0 && round < tries && !signal.aborted; round++) {
      open = open.slice(await warm('messages:chat:{chat_id}:latest', open, load, bounds, signal));
      if (open.length > 0) await pause(againMs, undefined, { signal });
    }
  }
}
