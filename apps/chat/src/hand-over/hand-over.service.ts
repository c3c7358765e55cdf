import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { accessRpc } from '#contracts/access.contract.js';
import { FechatterError } from '#contracts/error.js';
import { CrashPoints } from '#service/crash-point.js';
import { Logger } from '#telemetry/logger.js';
import { self } from '../self.js';
import { OutboxRepository } from './outbox.repository.js';

const applyTimeoutMs = 3_000;
const chatsAtOnce = 4;

/** A delivery in progress, and the one that follows it for those who came meanwhile. */
interface Delivery {
  readonly current: Promise<void>;
  next?: Promise<void>;
}

/** Tells message what has changed, in the order of the versions of each chat. */
@Injectable()
export class HandOverService {
  private readonly logger = new Logger('chat.hand-over');
  private readonly deliveries = new Map<number, Delivery>();

  constructor(
    private readonly outbox: OutboxRepository,
    private readonly bus: Bus,
    private readonly crashPoints: CrashPoints,
  ) {}

  /**
   * Returns when every change of these chats that was committed before the call is in force. Throws UNAVAILABLE
   * otherwise; the changes stay committed and are handed over in the background.
   */
  async settle(chatIds: readonly number[]): Promise<void> {
    if (chatIds.length === 0) return;
    await this.deliverAll(await this.outbox.openAmong(chatIds));
  }

  /** As `settle`, for chats of which it is known that they may be open. */
  async deliverAll(chatIds: readonly number[]): Promise<void> {
    for (let start = 0; start < chatIds.length; start += chatsAtOnce) {
      await Promise.all(chatIds.slice(start, start + chatsAtOnce).map((chatId) => this.deliver(chatId)));
    }
  }

  /** As `settle`, for one chat. However many wait for the same chat, this process delivers it once at a time. */
  deliver(chatId: number): Promise<void> {
    const delivery = this.deliveries.get(chatId);
    if (delivery === undefined) return this.begin(chatId);
    // The one in progress may have read the outbox before our change was committed; the next one cannot have.
    delivery.next ??= delivery.current.catch(() => undefined).then(() => this.begin(chatId));
    return delivery.next;
  }

  private begin(chatId: number): Promise<void> {
    // Not within the request that happens to begin it: others wait for it too, and its deadline is not theirs.
    const current = this.deliverInOrder(chatId);
    const delivery: Delivery = { current };
    this.deliveries.set(chatId, delivery);
    const end = () => {
      if (delivery.next === undefined) this.deliveries.delete(chatId);
    };
    current.then(end, end);
    return current;
  }

  private async deliverInOrder(chatId: number): Promise<void> {
    try {
      let applied: number | undefined;
      for (;;) {
        const open = await this.outbox.openOf(chatId);
        const [first] = open;
        if (first === undefined) return;
        if (applied !== undefined && first.version > applied + 1) {
          throw new Error(`message has version ${applied} of the chat, and the one after it is handed over already`);
        }
        applied = await this.deliverBatch(open);
      }
    } catch (error) {
      this.logger.warn('A hand-over is still open', { chat_id: chatId, reason: String(error) });
      throw new FechatterError('UNAVAILABLE', 'The change is stored, but not in force yet. Try again in a moment.', {
        retryAfterSeconds: 1,
        cause: error,
      });
    }
  }

  /** Answers the version that message has in the end. Ends early when message lacks an earlier version. */
  private async deliverBatch(open: Awaited<ReturnType<OutboxRepository['openOf']>>): Promise<number> {
    let applied = 0;
    for (const handOver of open) {
      if (handOver.version <= applied) continue;
      this.crashPoints.reach('chat.hand_over.before_apply');
      const reply = await this.bus.call(accessRpc.apply, handOver, { as: self, timeoutMs: applyTimeoutMs });
      this.crashPoints.reach('chat.hand_over.after_apply');
      applied = reply.version;
      await this.outbox.discard(handOver.chat_id, applied);
      if (applied < handOver.version) return applied;
    }
    return applied;
  }
}
