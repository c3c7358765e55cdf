import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { Bulkhead } from '#cache/bulkhead.js';
import { logRpc, type LogPage } from '#contracts/log.contract.js';
import { Logger } from '#telemetry/logger.js';
import { self } from '../../self.js';

const pageLength = 100;
const longestPauseMs = 5_000;

/** A read that is not begun, for all who want the same. */
interface SharedRead {
  readonly wishes: (() => boolean)[];
  readonly page: Promise<LogPage | undefined>;
}

/** Reads logs for the gateway itself. However many want to read, the message service hears of a bounded number. */
@Injectable()
export class LogSource {
  private readonly logger = new Logger('gateway.log');
  private readonly bulkhead = new Bulkhead(8, 10_000);
  /**
   * By chat and position: who returns with others at once wants the same of the same chats. A read that is begun is not
   * here: it may be older than what a new reader has heard of.
   */
  private readonly reads = new Map<string, SharedRead>();

  constructor(private readonly bus: Bus) {}

  /**
   * The entries after a position. Repeats until it succeeds, also when too many wait already; undefined once nobody wants
   * it any more.
   */
  async read(chatId: number, after: number, isWanted: () => boolean): Promise<LogPage | undefined> {
    for (let wait = 100; isWanted(); wait = Math.min(wait * 2, longestPauseMs)) {
      try {
        return await this.share(chatId, after, isWanted);
      } catch (error) {
        this.logger.warn('A log could not be read; it is tried again', { chat_id: chatId, reason: String(error) });
      }
      await pause(wait * (0.5 + Math.random()), undefined, { ref: false });
    }
    return undefined;
  }

  /** Undefined when nobody wanted it any more as its turn came. */
  private share(chatId: number, after: number, isWanted: () => boolean): Promise<LogPage | undefined> {
    const key = `${chatId} ${after}`;
    const known = this.reads.get(key);
    if (known !== undefined) {
      known.wishes.push(isWanted);
      return known.page;
    }
    const wishes = [isWanted];
    const begin = async () => {
      // For all who come in this turn.
      await turn();
      this.reads.delete(key);
      // Not for clients that have gone meanwhile, or named another position.
      if (!wishes.some((isStillWanted) => isStillWanted())) return undefined;
      return this.bus.call(logRpc.follow, { chat_id: chatId, after, limit: pageLength }, { as: self });
    };
    const read = { wishes, page: this.bulkhead.run(begin) };
    this.reads.set(key, read);
    // One for which there was no room in the line is never begun.
    read.page.catch(() => {
      if (this.reads.get(key) === read) this.reads.delete(key);
    });
    return read.page;
  }
}
