import type { Bus } from '#bus/bus.js';
import { logRpc } from '#contracts/log.contract.js';
import { Logger } from '#telemetry/logger.js';
import type { Engine } from '../engine/engine.js';
import { self } from '../self.js';
import { CatchUp } from './catch-up.js';
import type { Pace } from './pace.js';

const slice = 1_000;
/** Chats that may fail before it is no use to go on. */
const mostFailures = 10;

/** Goes through all chats and brings a generation of the index to the ends that their logs have then. */
export class Sweep {
  private readonly logger = new Logger('search.sweep');
  private readonly catchUp: CatchUp;
  private stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly engine: Engine,
    pace: Pace,
  ) {
    this.catchUp = new CatchUp(bus, engine, pace);
  }

  /** Ends what runs after the piece at hand. */
  stop(): void {
    this.stopped = true;
    this.catchUp.stop();
  }

  /** True when every chat has come as far as its log reached when it was looked at. */
  async run(generation: number): Promise<boolean> {
    let failures = 0;
    for (let after = 0, hasMore = true; hasMore;) {
      const page = await this.bus.call(logRpc.allHeads, { after_chat_id: after, limit: slice }, { as: self });
      const chatIds = page.heads.map(({ chat_id }) => chat_id);
      const positions = await this.engine.positions(generation, chatIds);
      for (const { chat_id, last_seq } of page.heads) {
        if (this.stopped) return false;
        // A log that is shorter than its index came out of a backup.
        if ((positions.get(chat_id) ?? 0) === last_seq) continue;
        try {
          await this.catchUp.run(generation, chat_id, last_seq);
        } catch (error) {
          if (++failures >= mostFailures) throw error;
          this.logger.error(`Chat ${chat_id} is not indexed for now; the next sweep finds it again`, error);
        }
      }
      after = chatIds.at(-1) ?? after;
      hasMore = page.has_more;
    }
    return failures === 0 && !this.stopped;
  }
}
