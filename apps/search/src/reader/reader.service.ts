import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, type Subscription } from '#bus/bus.js';
import { logEvent } from '#contracts/log.contract.js';
import { Logger } from '#telemetry/logger.js';
import { activeOf, Engine } from '../engine/engine.js';
import { CatchUp } from './catch-up.js';
import { ChatQueue } from './chat-queue.js';
import { Pace } from './pace.js';

/** Chats that are read at the same time. */
const workers = 4;

/**
 * Reads the logs of all chats into the index. Position and effects of a chat move together and only from where they
 * are, so any number of readers may work at once: each stretch of a log counts exactly once.
 */
@Injectable()
export class ReaderService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('search.reader');
  private running: Promise<void>[] = [];
  private subscription: Subscription | undefined;
  private readonly catchUp: CatchUp;

  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(ChatQueue) private readonly queue: ChatQueue,
    @Inject(Engine) private readonly engine: Engine,
    @Inject(Pace) private readonly pace: Pace,
  ) {
    this.catchUp = new CatchUp(bus, engine, pace);
  }

  onApplicationBootstrap(): void {
    this.running = Array.from({ length: workers }, () => this.work());
    this.subscription = this.bus.subscribe(logEvent.chat, '*', ({ chat_id, entries }) => {
      this.queue.push(chat_id, entries);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.catchUp.stop();
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
        await this.catchUp.run(activeOf(await this.engine.generations()).id, chatId, entries);
      } catch (error) {
        this.logger.error('A chat is not indexed for now; the next comparison finds it again', error, {
          chat_id: chatId,
        });
      } finally {
        this.queue.giveBack(chatId);
      }
    }
  }
}
