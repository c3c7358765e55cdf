import { FechatterError } from '#contracts/error.js';
import type { Message } from '#contracts/message.contract.js';
import { Lane, type LaneHost, type QueuedMessage, type Waiting } from './lane.js';
import { keysOf, readJson } from './storage.js';

/** Messages that wait at most; more are refused. */
const mostWaiting = 1_000;

type Stored = Pick<Waiting, 'message' | 'place'>;

/**
 * Messages on their way: one at a time in each chat, in the order in which they were given, each until the server has
 * stored or refused it. What waits is kept in the storage, and sent by the next client of the same user if need be.
 */
export class SendQueue {
  private readonly lanes = new Map<number, Lane>();
  private userId: number | undefined;
  private lastPlace = 0;

  constructor(private readonly host: LaneHost) {}

  /** What waits, in the order in which it was given. */
  get waiting(): QueuedMessage[] {
    const all = [...this.lanes.values()].flatMap(({ waiting }) => waiting);
    return all.sort((a, b) => a.place - b.place).map(({ message }) => message);
  }

  /** Goes on for a user, with what an earlier client of theirs has left. */
  open(userId: number): void {
    if (userId === this.userId) {
      for (const lane of this.lanes.values()) lane.start();
      return;
    }
    this.close();
    this.lanes.clear();
    this.userId = userId;
    const { storage } = this.host;
    const left = keysOf(storage, this.prefix).flatMap((key) => {
      const stored = readJson(storage, key) as Stored | undefined;
      return stored === undefined ? [] : { ...stored, key };
    });
    // Nobody waits here for what was given to another client: the events tell of it.
    const settled = { resolve: () => undefined, reject: () => undefined };
    for (const kept of left.sort((a, b) => a.place - b.place)) this.add({ ...kept, ...settled });
  }

  /** Settles when the server has stored or refused the message, however long that takes. Throws UNAVAILABLE when full. */
  push(message: QueuedMessage): Promise<Message> {
    if (this.waiting.length >= mostWaiting) {
      throw new FechatterError('UNAVAILABLE', `${mostWaiting} messages are waiting to be sent.`);
    }
    const place = Math.max(this.host.clock.now(), this.lastPlace + 1);
    const key = this.prefix + message.idempotency_key;
    const stored: Stored = { message, place };
    this.host.storage.setItem(key, JSON.stringify(stored));
    return new Promise((resolve, reject) => this.add({ ...stored, key, resolve, reject }));
  }

  /** Takes back a message that is not being sent at the moment. One that has been tried may be stored all the same. */
  cancel(idempotencyKey: string): boolean {
    return [...this.lanes.values()].some((lane) => lane.cancel(idempotencyKey));
  }

  /** Tries at once what waits for its next try. */
  wake(): void {
    for (const lane of this.lanes.values()) lane.wake();
  }

  /** Sends nothing more for now. */
  close(): void {
    for (const lane of this.lanes.values()) lane.stop();
  }

  private get prefix(): string {
    return `fechatter.send.${this.userId}.`;
  }

  private add(waiting: Waiting): void {
    this.lastPlace = Math.max(this.lastPlace, waiting.place);
    const { chat_id } = waiting.message;
    const lane = this.lanes.get(chat_id) ?? new Lane(this.host);
    this.lanes.set(chat_id, lane);
    lane.push(waiting);
  }
}
