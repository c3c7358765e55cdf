import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, type Subscription } from '#bus/bus.js';
import { logEvent } from '#contracts/log.contract.js';
import { TokenBucket } from '#domain/token-bucket.js';
import { Logger } from '#telemetry/logger.js';
import { activeOf, Engine } from '../engine/engine.js';
import { CatchUp } from './catch-up.js';
import { ChatQueue } from './chat-queue.js';
import { Pace } from './pace.js';

/**
 * So many pieces of news are indexed at once in a second; what follows them is gathered for this long. A lone message
 * waits for no others; a stream of them leaves the machine to those who are told.
 */
const atOncePerSecond = 5;
const gatherMs = 100;

/**
 * Reads the logs of all chats into the index. Position and effects of a chat move together and only from where they
 * are, so any number of readers may work at once: each stretch of a log counts exactly once.
 */
@Injectable()
export class ReaderService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('search.reader');
  private running: readonly Promise<void>[] = [];
  private subscription: Subscription | undefined;
  private readonly catchUp: CatchUp;

  constructor(
    private readonly bus: Bus,
    private readonly queue: ChatQueue,
    private readonly engine: Engine,
    private readonly pace: Pace,
  ) {
    this.catchUp = new CatchUp(bus, engine, pace);
  }

  onApplicationBootstrap(): void {
    this.running = [this.readNew(), this.readBehind()];
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

  /** What is new. It is taken only when it is its turn: what comes during the rest before goes with it. */
  private async readNew(): Promise<void> {
    const atOnce = new TokenBucket(atOncePerSecond);
    while (await this.queue.filled()) {
      if (!atOnce.take(performance.now()) && !this.queue.isLong) await pause(gatherMs);
      const add = async () => {
        const taken = this.queue.take();
        return this.catchUp.add(await this.generation(), taken);
      };
      this.queue.finish(await this.attempt(this.pace.run(add, () => this.queue.isShort)));
    }
  }

  /** Chats that are behind take turns, a piece each. */
  private async readBehind(): Promise<void> {
    while (await this.queue.fallenBehind()) {
      const follow = async () => {
        const chatId = this.queue.takeBehind();
        return chatId === undefined || this.catchUp.follow(await this.generation(), chatId);
      };
      this.queue.finishBehind(await this.attempt(this.pace.runLater(follow)));
    }
  }

  private async generation(): Promise<number> {
    return activeOf(await this.engine.generations()).id;
  }

  /** Undefined when it failed. */
  private async attempt<Result>(work: Promise<Result>): Promise<Result | undefined> {
    try {
      return await work;
    } catch (error) {
      this.logger.error('Some chats are not indexed for now; they are tried again', error);
      return undefined;
    }
  }
}
