import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Loop } from '#service/loop.js';
import { Engine } from '../engine/engine.js';
import { Pace } from './pace.js';

const lookMs = 1_000;

/** Forgets the words of messages that were deleted or edited, soon afterwards and when nothing is new. */
@Injectable()
export class ForgettingService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop = new Loop('search.forgetting', lookMs, () => this.forget());
  private stopped = false;

  constructor(
    private readonly engine: Engine,
    private readonly pace: Pace,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.pace.end();
    await this.loop.stop();
  }

  private async forget(): Promise<void> {
    while (!this.stopped && (await this.engine.hasLeft())) await this.pace.runLater(() => this.engine.forget());
  }
}
