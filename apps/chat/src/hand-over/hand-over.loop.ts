import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Loop } from '#service/loop.js';
import { HandOverService } from './hand-over.service.js';
import { OutboxRepository } from './outbox.repository.js';

const everyMs = 1_000;
/** Younger ones are in the hands of the call that made them. */
const waitedSeconds = 1;
const chatsAtOnce = 100;
/** After so many chats in a row the fault is not theirs: the next run goes on from there. */
const mostFailures = 10;

/** Finishes hand-overs that a crash or an outage left open. Any number of replicas may do this at once. */
@Injectable()
export class HandOverLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop = new Loop('chat.hand-over', everyMs, () => this.run());
  private afterChatId = 0;

  constructor(
    private readonly outbox: OutboxRepository,
    private readonly handOvers: HandOverService,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async run(): Promise<void> {
    let failures = 0;
    for (;;) {
      const chatIds = await this.outbox.openSince(this.afterChatId, waitedSeconds, chatsAtOnce);
      for (const chatId of chatIds) {
        this.afterChatId = chatId;
        try {
          await this.handOvers.deliver(chatId);
          failures = 0;
        } catch {
          // HandOverService has logged it. A chat that cannot be delivered does not hold up the others.
          if (++failures >= mostFailures) return;
        }
      }
      if (chatIds.length < chatsAtOnce) break;
    }
    this.afterChatId = 0;
  }
}
