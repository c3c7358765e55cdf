import type { Bus } from '#bus/bus.js';
import { logRpc, type LogEntry } from '#contracts/log.contract.js';
import { effectsOf, noEffects } from '../engine/effects.js';
import type { Engine } from '../engine/engine.js';
import { self } from '../self.js';
import type { Pace } from './pace.js';

const pieceLength = 500;

/** Brings a chat of one generation of the index to the end of the chat's log. */
export class CatchUp {
  private stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly engine: Engine,
    private readonly pace: Pace,
  ) {}

  /** Ends what runs after the piece at hand. */
  stop(): void {
    this.stopped = true;
  }

  /** First with the entries at hand, then with whatever the log has beyond the index. */
  async run(generation: number, chatId: number, entries: readonly LogEntry[] = []): Promise<void> {
    const [first] = entries;
    if (first !== undefined && (await this.pace.run(() => this.apply(generation, chatId, first.seq - 1, entries))))
      return;
    while (!this.stopped && !(await this.pace.run(() => this.follow(generation, chatId))));
  }

  /** Indexes the next piece of the log. True when that was its end, or the generation is gone. */
  private async follow(generation: number, chatId: number): Promise<boolean> {
    const position = await this.engine.begin(generation, chatId);
    if (position === undefined) return true;
    const range = { chat_id: chatId, after: position, limit: pieceLength };
    const { entries, last_seq, has_more } = await this.bus.call(logRpc.follow, range, { as: self });
    if (last_seq < position) await this.restart(generation, chatId, position);
    else if (entries.length === 0) return true;
    else return (await this.apply(generation, chatId, position, entries)) && !has_more;
    return false;
  }

  /** False when somebody else has moved the chat's position meanwhile; then nothing more was done. */
  private async apply(
    generation: number,
    chatId: number,
    from: number,
    entries: readonly LogEntry[],
  ): Promise<boolean> {
    let position = from;
    for (const stretch of stretches(entries)) {
      const seq = stretch.at(-1)?.seq ?? position;
      if (stretch[0]?.type === 'chat.deleted') await this.engine.purge(generation, chatId);
      if (!(await this.engine.apply(generation, chatId, position, seq, effectsOf(stretch)))) return false;
      position = seq;
    }
    return true;
  }

  /** A log that is shorter than its index came out of a backup: the chat is indexed anew. */
  private async restart(generation: number, chatId: number, position: number): Promise<void> {
    await this.engine.purge(generation, chatId);
    await this.engine.apply(generation, chatId, position, 0, noEffects);
  }
}

/** The end of a chat stands alone: its messages go in slices, outside the statement that moves the position. */
function stretches(entries: readonly LogEntry[]): readonly (readonly LogEntry[])[] {
  const end = entries.findIndex(({ type }) => type === 'chat.deleted');
  if (end === -1) return [entries];
  return [entries.slice(0, end), entries.slice(end)].filter((stretch) => stretch.length > 0);
}
