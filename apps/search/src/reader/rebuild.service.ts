import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { Loop } from '#service/loop.js';
import { activeOf, Engine } from '../engine/engine.js';
import { Pace } from './pace.js';
import { Sweep } from './sweep.js';

const lookMs = 1_000;
/** A pass that takes no longer leaves no more behind than the comparison with recent heads finds. */
const closeMs = 30_000;
/** Under steady load it may never take so little. */
const mostPasses = 5;

/**
 * Builds a new generation of the index aside while the active one answers and is kept up to date. It goes through all
 * logs until that takes little time: what came in meanwhile is little, and is found by the comparison and by the sweep
 * that follows. Positions are stored, so a build that was cut short goes on where it was.
 */
@Injectable()
export class RebuildService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop = new Loop('search.rebuild', lookMs, () => this.build());
  private readonly sweep: Sweep;
  /** Nothing is left of generations before the active one. At first that is not known: a process may have been cut short. */
  private isTidy = false;

  constructor(
    bus: Bus,
    private readonly engine: Engine,
    private readonly pace: Pace,
  ) {
    this.sweep = new Sweep(bus, engine, pace);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.sweep.stop();
    this.pace.end();
    await this.loop.stop();
  }

  private async build(): Promise<void> {
    const generations = await this.engine.generations();
    if (!this.isTidy && activeOf(generations).isComplete) await this.tidy();
    const building = generations.find(({ isActive, isComplete }) => !isActive && !isComplete);
    if (building === undefined) return;
    for (let [pass, isClose] = [0, false]; pass < mostPasses && !isClose; pass++) {
      const begunAt = performance.now();
      // What failed is tried again by the next run of the loop.
      if (!(await this.sweep.run(building.id))) return;
      isClose = pass > 0 && performance.now() - begunAt < closeMs;
    }
    this.isTidy = false;
    await this.engine.completeGeneration(building.id);
    await this.tidy();
  }

  private async tidy(): Promise<void> {
    await this.engine.retireGenerations();
    this.isTidy = true;
  }
}
