import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { logRpc, type Head } from '#contracts/log.contract.js';
import { Loop } from '#service/loop.js';
import { activeOf, Engine } from '../engine/engine.js';
import { self } from '../self.js';
import { ChatQueue } from './chat-queue.js';
import { Pace } from './pace.js';
import { showLag } from './queue.metrics.js';
import { lagEntries } from './reader.metrics.js';
import { Sweep } from './sweep.js';

const recentMs = 1_000;
/** How soon a full comparison is tried again that did not end. */
const retryMs = 5_000;
const sweepMs = 600_000;

/** Finds what no event told: compares the index with the heads of the logs, lately changed ones often, all at times. */
@Injectable()
export class ComparisonService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly recent = new Loop('search.comparison', recentMs, () => this.lookAtRecent());
  private readonly sweep = new Loop('search.sweep', retryMs, () => this.compareAll());
  /** The heads, a second ago, of the chats that were behind them. */
  private lateBefore: ReadonlyMap<number, number> = new Map();
  /** The generation that answered a second ago. */
  private active = 0;
  private swept = { generation: 0, at: -Infinity };
  /** When it was last known what is behind, and whether that is known now. */
  private compared = { at: performance.now(), isCurrent: true };
  private readonly all: Sweep;

  constructor(
    private readonly bus: Bus,
    private readonly queue: ChatQueue,
    private readonly engine: Engine,
    pace: Pace,
  ) {
    this.all = new Sweep(bus, engine, pace);
    showLag(this);
  }

  /** While nothing can be compared, anything may be behind that has changed since. */
  get lagSeconds(): number {
    return this.compared.isCurrent ? 0 : (performance.now() - this.compared.at) / 1000;
  }

  onApplicationBootstrap(): void {
    this.recent.start();
    this.sweep.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.all.stop();
    this.queue.close();
    await Promise.all([this.recent.stop(), this.sweep.stop()]);
  }

  private async lookAtRecent(): Promise<void> {
    const at = performance.now();
    try {
      await this.compareRecent();
    } catch (error) {
      this.compared = { ...this.compared, isCurrent: false };
      lagEntries.remove();
      throw error;
    }
    this.compared = { at, isCurrent: true };
    // While the index cannot even be asked where it is, there is no use in it.
    this.queue.retry();
  }

  /** What is behind for a moment is on its way; what is still behind a second later is not. */
  private async compareRecent(): Promise<void> {
    const { id } = activeOf(await this.engine.generations());
    if (id !== this.active) this.sweep.trigger();
    this.active = id;
    const late = new Map<number, number>();
    let lag = 0;
    for (let request = {}, more = true; more;) {
      const { heads, has_more } = await this.bus.call(logRpc.recentHeads, request, { as: self });
      const positions = await this.positionsOf(heads);
      for (const { chat_id, last_seq } of heads) {
        const position = positionIn(positions, chat_id);
        if (position >= last_seq) continue;
        if (position < (this.lateBefore.get(chat_id) ?? 0)) this.queue.find(chat_id);
        late.set(chat_id, last_seq);
        lag += last_seq - position;
      }
      request = { after_chat_id: heads.at(-1)?.chat_id };
      more = has_more === true;
    }
    this.lateBefore = late;
    lagEntries.set(lag);
  }

  /** Ten minutes after the last time, or when another generation answers: what it missed while it was built. */
  private async compareAll(): Promise<void> {
    const { id, isComplete } = activeOf(await this.engine.generations());
    if (this.swept.generation === id && performance.now() - this.swept.at < sweepMs) return;
    const at = performance.now();
    const hasAll = await this.all.run(id);
    // What was there when it began is indexed.
    if (hasAll) await this.engine.completeGeneration(id);
    if (hasAll || isComplete) this.swept = { generation: id, at };
  }

  private async positionsOf(heads: readonly Head[]): Promise<ReadonlyMap<number, number>> {
    const generation = activeOf(await this.engine.generations());
    return this.engine.positions(
      generation.id,
      heads.map(({ chat_id }) => chat_id),
    );
  }
}

function positionIn(positions: ReadonlyMap<number, number>, chatId: number): number {
  return positions.get(chatId) ?? 0;
}
