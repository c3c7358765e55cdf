import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FechatterError } from '#contracts/error.js';
import type { LogEntry, LogPage } from '#contracts/log.contract.js';
import { ChatLog, type LogHost } from './chat-log.js';
import { ManualClock, settled } from './clock.fixture.js';

const pageLength = 7;

type Effect = ReturnType<LogHost['effectOf']>;

/** The server's side of one chat: its log, and what each entry does to the stay of the user. */
class Chat implements LogHost {
  readonly clock = new ManualClock();
  readonly random = () => 0.5;
  mayFetch = true;
  readonly appliedSeqs: number[] = [];
  readonly skips: [number, number][] = [];
  readonly counts = { duplicates: 0, fetched: 0, holes: 0 };
  readonly effects: Effect[] = ['joins'];
  readonly log = new ChatLog(1, 0, true, this);
  readonly reads: number[] = [];
  lefts = 0;
  refusal: FechatterError | undefined;
  latency = 0;

  get head(): number {
    return this.effects.length;
  }

  get isMember(): boolean {
    return this.effects.findLast((effect) => effect !== 'nothing') === 'joins';
  }

  /** Where the stay began that goes on. */
  get joinedSeq(): number {
    return this.effects.lastIndexOf('joins') + 1;
  }

  /** The seqs that are for the user. */
  get expected(): number[] {
    let isMember = false;
    return this.effects.flatMap((effect, index) => {
      const wasMember = isMember;
      isMember = effect === 'joins' || (isMember && effect !== 'leaves');
      return isMember || wasMember ? [index + 1] : [];
    });
  }

  entry(seq: number): LogEntry {
    return { type: 'message.created', chat_id: 1, seq, data: {} } as LogEntry;
  }

  effectOf({ seq }: LogEntry): Effect {
    return this.effects[seq - 1] ?? 'nothing';
  }

  async read(_: number, after: number): Promise<LogPage> {
    this.reads.push(after);
    const page = this.page(after);
    // The page is on its way while other things happen.
    for (let turns = 0; turns < this.latency; turns += 1) await settled();
    if (this.refusal !== undefined) throw this.refusal;
    return page;
  }

  applied({ seq }: LogEntry): void {
    this.appliedSeqs.push(seq);
  }

  private page(after: number): LogPage {
    const count = Math.max(0, Math.min(pageLength, this.head - after));
    const entries = Array.from({ length: count }, (_, index) => this.entry(after + 1 + index));
    return { entries, has_more: after + count < this.head, last_seq: this.head, epoch: 1 };
  }

  skipped(_: number, from: number, to: number): void {
    this.skips.push([from, to]);
  }

  left(): void {
    this.lefts += 1;
  }

  count(what: keyof typeof this.counts): void {
    this.counts[what] += 1;
  }

  /** What a gateway does when the client returns: a gap up to the stay, then what followed. */
  resume(): void {
    if (!this.isMember) return;
    this.log.expect(this.head);
    const { position } = this.log;
    if (position < this.joinedSeq - 1) this.log.gap(this.joinedSeq - 1);
    for (let seq = Math.max(position, this.joinedSeq - 1) + 1; seq <= this.head; seq += 1)
      this.log.take(this.entry(seq));
  }
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.constant('message' as const) },
  { weight: 2, arbitrary: fc.constant('membership' as const) },
  { weight: 2, arbitrary: fc.constant('cut' as const) },
  { weight: 2, arbitrary: fc.constant('return' as const) },
  { weight: 2, arbitrary: fc.constant('lose' as const) },
  { weight: 2, arbitrary: fc.constant('repeat' as const) },
  { weight: 1, arbitrary: fc.constant('pass time' as const) },
);

describe('The log of a chat', () => {
  it('applies what is for the user once and in order, whatever is cut, lost and repeated, over any number of stays', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const chat = new Chat();
        chat.latency = 3;
        let isConnected = true;
        chat.log.take(chat.entry(1));
        for (const what of steps) {
          await settled();
          if (what === 'cut') isConnected = false;
          else if (what === 'pass time') await chat.clock.pass(400);
          else if (what === 'repeat') chat.log.take(chat.entry(Math.max(1, chat.log.position)));
          else if (what === 'return') {
            if (!isConnected) chat.resume();
            isConnected = true;
          } else {
            const wasMember = chat.isMember;
            chat.effects.push(what !== 'membership' ? 'nothing' : wasMember ? 'leaves' : 'joins');
            // A gateway leaves out nothing but messages, and says so by the head.
            const isDelivered = isConnected && (wasMember || chat.isMember);
            if (isDelivered && what === 'lose') chat.log.expect(chat.head);
            else if (isDelivered) chat.log.take(chat.entry(chat.head));
          }
        }
        if (!chat.isMember) chat.effects.push('joins');
        chat.resume();
        for (let seconds = 0; seconds < 100; seconds += 1) await chat.clock.pass(1_000);
        expect(chat.appliedSeqs).toEqual(chat.expected);
        expect(chat.log.position).toBe(chat.head);
        expect(chat.skips).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('drops what it has and counts it', () => {
    const chat = new Chat();
    for (const seq of [1, 1, 2, 1, 2, 3]) chat.log.take(chat.entry(seq));
    expect(chat.appliedSeqs).toEqual([1, 2, 3]);
    expect(chat.counts).toEqual({ duplicates: 3, fetched: 0, holes: 0 });
  });

  it('fetches a hole at once, and what a head promises after a second', async () => {
    const chat = new Chat();
    chat.effects.push('nothing', 'nothing', 'nothing', 'nothing');
    chat.log.take(chat.entry(1));
    chat.log.take(chat.entry(3));
    await chat.clock.pass(0);
    expect(chat.appliedSeqs).toEqual([1, 2, 3, 4, 5]);
    expect(chat.counts.holes).toBe(1);
    chat.effects.push('nothing');
    chat.log.expect(6);
    await chat.clock.pass(999);
    expect(chat.appliedSeqs).not.toContain(6);
    await chat.clock.pass(1);
    expect(chat.appliedSeqs).toContain(6);
  });

  it('waits for what is being sent again before it fetches', async () => {
    const chat = new Chat();
    chat.effects.push('nothing', 'nothing');
    chat.mayFetch = false;
    chat.log.take(chat.entry(1));
    chat.log.take(chat.entry(3));
    await chat.clock.pass(5_000);
    expect(chat.reads).toEqual([]);
    chat.log.take(chat.entry(2));
    expect(chat.appliedSeqs).toEqual([1, 2, 3]);
  });

  it('tries again while the log cannot be read, and ends where it may not be', async () => {
    const chat = new Chat();
    chat.effects.push('nothing', 'nothing', 'leaves');
    chat.log.take(chat.entry(1));
    chat.refusal = new FechatterError('UNAVAILABLE');
    chat.log.take(chat.entry(3));
    await chat.clock.pass(20_000);
    expect(chat.reads.length).toBeGreaterThan(2);
    chat.refusal = new FechatterError('NOT_FOUND');
    chat.log.take(chat.entry(4));
    await chat.clock.pass(60_000);
    const { length } = chat.reads;
    await chat.clock.pass(60_000);
    expect(chat.reads).toHaveLength(length);
    expect(chat.appliedSeqs).toEqual([1, 3, 4]);
    expect(chat.skips).toEqual([[1, 2]]);
  });

  it('says that the user has left when the log that a head promises may not be read', async () => {
    const chat = new Chat();
    chat.log.take(chat.entry(1));
    chat.refusal = new FechatterError('NOT_FOUND');
    chat.log.expect(2);
    await chat.clock.pass(10_000);
    expect([chat.lefts, chat.reads.length]).toEqual([1, 1]);
  });

  it('goes over to pages when it has missed too much, and back when the log has become shorter', async () => {
    const chat = new Chat();
    chat.log.take(chat.entry(1));
    chat.effects.push(...Array.from({ length: 3_000 }, () => 'nothing' as const));
    chat.log.take(chat.entry(3_000));
    await chat.clock.pass(0);
    expect(chat.skips).toEqual([[1, 2_999]]);
    expect(chat.appliedSeqs).toEqual([1, 3_000, 3_001]);
    chat.effects.length = 10;
    chat.log.gap(10);
    await chat.clock.pass(0);
    expect(chat.skips.at(-1)).toEqual([0, 10]);
    chat.effects.push('nothing');
    chat.log.take(chat.entry(11));
    expect(chat.appliedSeqs).toEqual([1, 3_000, 3_001, 11]);
  });
});
