import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, type Subscription } from '#bus/bus.js';
import { logEvent } from '#contracts/log.contract.js';
import { Logger } from '#telemetry/logger.js';
import { activeOf, Engine } from '../engine/engine.js';
import { CatchUp } from './catch-up.js';
import { ChatQueue } from './chat-queue.js';
import { Pace } from './pace.js';

/** Rests while others are busy: so short that a message is found within a second, unless too much comes for that. */
const restMs = { short: 300, long: 1_000 };

/**
 * Reads the logs of all chats into the index. Position and effects of a chat move together and only from where they
 * are, so any number of readers may work at once: each stretch of a log counts exactly once.
 */
@Injectable()
export class ReaderService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('search.reader');
  private running = Promise.resolve();
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
    this.running = this.work();
    this.subscription = this.bus.subscribe(logEvent.chat, '*', ({ chat_id, entries }) => {
      this.queue.push(chat_id, entries);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.catchUp.stop();
    this.pace.end();
    this.subscription?.unsubscribe();
    this.queue.close();
    await this.running;
  }

  private async work(): Promise<void> {
    while (await this.queue.filled()) {
      try {
        const generation = activeOf(await this.engine.generations()).id;
        // What waits is taken only when it is its turn: what came during the rest before goes with it.
        const behind = await this.pace.run(
          () => this.catchUp.add(generation, this.queue.take()),
          () => (this.queue.isShort ? restMs.short : restMs.long),
        );
        for (const chatId of behind) await this.catchUp.run(generation, chatId);
      } catch (error) {
        this.logger.error('Some chats are not indexed for now; the next comparison finds them again', error);
      } finally {
        this.queue.finish();
      }
    }
  }
}
