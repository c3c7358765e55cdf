import { FechatterError } from '#contracts/error.js';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Operation, Outcome, Read } from '../history/history.js';

/** Entry `entry` of a log was applied at a time of `performance.now()`. */
export interface Recorded {
  readonly entry: LogEntry;
  readonly at: number;
}

/** What one client asked for, applied and was shown, as it happened. */
export class Recorder {
  readonly operations: Operation[] = [];
  readonly reads: Read[] = [];
  readonly applied = new Map<number, Recorded[]>();
  /** What the client was told that it does not get. */
  readonly forgone: { readonly chat: number; readonly first: number; readonly last: number }[] = [];

  constructor(readonly client: string) {}

  entry(entry: LogEntry): void {
    const recorded = this.applied.get(entry.chat_id) ?? [];
    this.applied.set(entry.chat_id, recorded);
    recorded.push({ entry, at: performance.now() });
  }

  /** Runs something that changes a chat; `seqOf` says where the answer tells that it is. Undefined: it did not succeed. */
  async operation<Reply>(
    asked: Pick<Operation, 'chat' | 'key' | 'content'>,
    run: () => Promise<Reply>,
    seqOf: (reply: Reply) => number | undefined = () => undefined,
  ): Promise<Reply | undefined> {
    const invoked = performance.now();
    const record = (outcome: Outcome) => void this.operations.push({ ...asked, invoked, outcome });
    try {
      const reply = await run();
      const seq = seqOf(reply);
      record({ type: 'ok', ended: performance.now(), ...(seq === undefined ? {} : { seq }) });
      return reply;
    } catch (error) {
      record({ type: isUnknown(error) ? 'info' : 'fail' });
      return undefined;
    }
  }

  /** Runs something that shows the end of a chat's log. */
  async read(chat: number, run: () => Promise<number>): Promise<void> {
    const invoked = performance.now();
    const last = await run().catch(() => undefined);
    const ended = performance.now();
    if (last !== undefined) this.reads.push({ client: this.client, chat, invoked, ended, last });
  }
}

/** Whether what was asked for may have been done nevertheless. */
function isUnknown(error: unknown): boolean {
  return !(error instanceof FechatterError) || error.code === 'UNAVAILABLE' || error.code === 'INTERNAL_ERROR';
}
