import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Loop } from '#service/loop.js';
import { ActivityRepository } from './activity.repository.js';

const everyMs = 10 * 60_000;
/** Nobody compares further back. */
const keptMs = 24 * 3_600_000;

/** Forgets when chats were active after a day. */
@Injectable()
export class ActivityCleaner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: Loop;

  constructor(activity: ActivityRepository) {
    this.loop = new Loop('message.activity', everyMs, () => activity.forgetBefore(new Date(Date.now() - keptMs)));
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }
}
