import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { logRpc } from '#contracts/log.contract.js';
import { Loop } from '#service/loop.js';
import { Engine } from '../engine/engine.js';
import { self } from '../self.js';
import { CatchUp } from './catch-up.js';
import { Pace } from './pace.js';

const lookMs = 1_000;
const slice = 1_000;

/**
 * Builds a new generation of the index aside while the active one answers and is kept up to date. It goes through all
 * logs twice: what came in while it went the first time is little the second time, and what comes then is found by the
 * comparison. Positions are stored, so a build that was cut short goes on where it was.
 */
@Injectable()
export class RebuildService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop = new Loop('search.rebuild', lookMs, () => this.build());
  private readonly catchUp: CatchUp;
  private stopped = false;

  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(Engine) private readonly engine: Engine,
    @Inject(Pace) private readonly pace: Pace,
  ) {
    this.catchUp = new CatchUp(bus, engine, pace);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.catchUp.stop();
    this.pace.end();
    await this.loop.stop();
  }

  private async build(): Promise<void> {
    const building = (await this.engine.generations()).find(({ isActive, isComplete }) => !isActive && !isComplete);
    if (building === undefined) return;
    for (const _pass of [1, 2]) await this.readAll(building.id);
    if (!this.stopped) await this.engine.completeGeneration(building.id);
  }

  private async readAll(generation: number): Promise<void> {
    let after = 0;
    while (!this.stopped) {
      const page = await this.bus.call(logRpc.allHeads, { after_chat_id: after, limit: slice }, { as: self });
      const chatIds = page.heads.map(({ chat_id }) => chat_id);
      const positions = await this.engine.positions(generation, chatIds);
      for (const { chat_id, last_seq } of page.heads) {
        if (this.stopped) return;
        if (positions.get(chat_id) !== last_seq) await this.catchUp.run(generation, chat_id);
      }
      after = chatIds.at(-1) ?? after;
      if (!page.has_more) return;
    }
  }
}
