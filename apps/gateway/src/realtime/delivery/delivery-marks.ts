import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { receiptRpc, type DeliveryMark } from '#contracts/receipt.contract.js';
import { Loop } from '#service/loop.js';
import { Logger } from '#telemetry/logger.js';
import { self } from '../../self.js';
import { EntryFrame, type Frame } from '../connection/frame.js';

const logger = new Logger('gateway.delivered');

const timeoutMs = 2_000;
const intervalMs = 2_000;
const mostPerCall = 1_000;
/** Pairs of a user and a chat that wait at most; others are not marked until something else is sent to them. */
const mostWaiting = 100_000;

/** Tells the message service now and then how far users have been sent the logs of their chats. */
@Injectable()
export class DeliveryMarks implements OnApplicationBootstrap, OnApplicationShutdown {
  /** By chat and user. */
  private waiting = new Map<number, Map<number, number>>();
  private count = 0;
  private readonly loop = new Loop('gateway.delivered', intervalMs, () => this.flush());

  constructor(private readonly bus: Bus) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Comes when every connection is closed: what was sent to them at last is told too. */
  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    try {
      await this.flush();
    } catch (error) {
      logger.info('The last marks could not be told', { reason: String(error) });
    }
  }

  /** A frame was written to a connection of the user. */
  sent(userId: number, frame: Frame): void {
    if (frame instanceof EntryFrame) this.note(userId, frame.entry.chat_id, frame.seq);
  }

  private note(userId: number, chatId: number, seq: number): void {
    const ofChat = this.waiting.get(chatId) ?? new Map<number, number>();
    const known = ofChat.get(userId);
    if (known === undefined) {
      if (this.count >= mostWaiting) return;
      this.count += 1;
      this.waiting.set(chatId, ofChat);
    }
    ofChat.set(userId, Math.max(seq, known ?? 0));
  }

  /** What could not be told waits for the next time. */
  private async flush(): Promise<void> {
    const marks = this.take();
    const postponed: DeliveryMark[] = [];
    let told = 0;
    try {
      for (; told < marks.length; told += mostPerCall) {
        const slice = marks.slice(told, told + mostPerCall);
        postponed.push(
          ...(await this.bus.call(receiptRpc.deliver, { marks: slice }, { as: self, timeoutMs })).postponed,
        );
      }
    } finally {
      for (const { user_id, chat_id, seq } of [...marks.slice(told), ...postponed]) this.note(user_id, chat_id, seq);
    }
  }

  private take(): DeliveryMark[] {
    const marks = [...this.waiting].flatMap(([chat_id, ofChat]) =>
      [...ofChat].map(([user_id, seq]) => ({ user_id, chat_id, seq })),
    );
    this.waiting = new Map();
    this.count = 0;
    return marks;
  }
}
