import type { Bus } from '#bus/bus.js';
import { logRpc, type LogEntry } from '#contracts/log.contract.js';
import { effectsOf, noEffects } from '../engine/effects.js';
import type { Engine, Move } from '../engine/engine.js';
import { self } from '../self.js';
import type { Growth } from './chat-queue.js';
import type { Pace } from './pace.js';

const pieceLength = 500;

/** Brings chats of one generation of the index to the ends of their logs. */
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

  /** Indexes the log of a chat up to this entry at least, piece by piece. */
  async run(generation: number, chatId: number, until: number): Promise<void> {
    while (!this.stopped && !(await this.pace.runLater(() => this.follow(generation, chatId, until))));
  }

  /** Indexes what is known of these chats. Answers those for which that is not enough: they have to be followed. */
  async add(generation: number, growths: readonly Growth[]): Promise<ReadonlySet<number>> {
    const moves = growths.filter(({ entries }) => !entries.some(isEnd)).map(moveOf);
    const moved = moves.length > 0 ? await this.engine.apply(generation, moves) : new Set();
    const left = growths.filter(({ chatId }) => !moved.has(chatId));
    if (left.length === 0) return new Set();
    const chatIds = left.map(({ chatId }) => chatId);
    const positions = await this.engine.positions(generation, chatIds);
    // Another replica may have done the same.
    return new Set(chatIds.filter((chatId, index) => positions.get(chatId) !== left[index]!.entries.at(-1)?.seq));
  }

  /** Indexes the next piece of the log. True when it is indexed up to its end or `until`, or the generation is gone. */
  async follow(generation: number, chatId: number, until = Infinity): Promise<boolean> {
    const position = await this.engine.begin(generation, chatId);
    if (position === undefined) return true;
    const range = { chat_id: chatId, after: position, limit: pieceLength };
    const { entries, last_seq, has_more } = await this.bus.call(logRpc.follow, range, { as: self });
    if (last_seq < position) await this.restart(generation, chatId, position);
    else if (entries.length === 0 || position >= until) return true;
    else return (await this.apply(generation, chatId, entries)) && (!has_more || entries.at(-1)!.seq >= until);
    return false;
  }

  /** False when somebody else has moved the chat's position meanwhile; then nothing more was done. */
  private async apply(generation: number, chatId: number, entries: readonly LogEntry[]): Promise<boolean> {
    for (const stretch of stretches(entries)) {
      const move = moveOf({ chatId, entries: stretch });
      if (stretch.some(isEnd) && !(await this.engine.purge(generation, chatId, move.old))) return false;
      if (!(await this.engine.apply(generation, [move])).has(chatId)) return false;
    }
    return true;
  }

  /** A log that is shorter than its index came out of a backup: the chat is indexed anew. */
  private async restart(generation: number, chatId: number, position: number): Promise<void> {
    if (!(await this.engine.purge(generation, chatId, position))) return;
    await this.engine.apply(generation, [{ chatId, old: position, seq: 0, effects: noEffects }]);
  }
}

/** The end of a chat stands alone: its messages go in slices, outside the statement that moves the position. */
function stretches(entries: readonly LogEntry[]): readonly (readonly LogEntry[])[] {
  const end = entries.findIndex(isEnd);
  if (end === -1) return [entries];
  return [entries.slice(0, end), entries.slice(end)].filter((stretch) => stretch.length > 0);
}

function isEnd({ type }: LogEntry): boolean {
  return type === 'chat.deleted';
}

function moveOf({ chatId, entries }: Growth): Move {
  const [first, last] = [entries[0]!, entries.at(-1)!];
  return { chatId, old: first.seq - 1, seq: last.seq, effects: effectsOf(entries) };
}
