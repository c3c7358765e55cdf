import { Injectable } from '@nestjs/common';
import { fitting } from '#bus/page-size.js';
import { FechatterError, notFound } from '#contracts/error.js';
import type { LogEntry } from '#contracts/log.contract.js';
import { mostPins, type PinPage } from '#contracts/pin.contract.js';
import { decodeCursor, encodeCursor } from '#database/cursor.js';
import { MessageLock } from '../change/message-lock.js';
import { EntryWriter } from '../log/entry-writer.js';
import { SenderService } from '../sender/sender.service.js';
import { LogPublisher } from '../writer/log-publisher.js';
import { PinRepository, type PinRow } from './pin.repository.js';

/**
 * Pins of present members, NOT_FOUND for everybody else; FORBIDDEN in archived chats, CONFLICT once the message is
 * deleted, which also unpins it. Pinning does not change the message: its version stays.
 */
@Injectable()
export class PinService {
  constructor(
    private readonly pins: PinRepository,
    private readonly lock: MessageLock,
    private readonly entries: EntryWriter,
    private readonly publisher: LogPublisher,
    private readonly senders: SenderService,
  ) {}

  /** Pinning what is pinned changes nothing. CONFLICT when the chat has as many pins as it may have. */
  async add(userId: number, messageId: number): Promise<void> {
    const entry = await this.lock.open(userId, messageId, async (message, head, transaction) => {
      const { pin_count, is_pinned } = await this.pins.state(transaction, message);
      if (is_pinned) return undefined;
      if (pin_count >= mostPins) {
        throw new FechatterError('CONFLICT', `A chat has at most ${mostPins} pinned messages. Unpin one first.`);
      }
      const at = await this.pins.add(transaction, message, userId, head.last_seq + 1);
      return this.entries.write(transaction, head, { type: 'message.pinned', messageId, userId, at });
    });
    this.tell(entry);
  }

  /** Unpinning what is not pinned changes nothing. */
  async remove(userId: number, messageId: number): Promise<void> {
    const entry = await this.lock.open(userId, messageId, async (message, head, transaction) => {
      if (!(await this.pins.remove(transaction, message))) return undefined;
      return this.entries.write(transaction, head, { type: 'message.unpinned', messageId, userId });
    });
    this.tell(entry);
  }

  /** The last pinned first. VALIDATION_ERROR for a foreign cursor. */
  async list(userId: number, chatId: number, limit: number, cursor?: string): Promise<PinPage> {
    const name = `message.pin.list ${chatId}`;
    const [before = 0] = cursor === undefined ? [Number.MAX_SAFE_INTEGER] : decodeCursor(name, cursor, 1);
    const slice = await this.pins.list(userId, chatId, before, limit + 1);
    if (slice === undefined) throw notFound('chat');
    const rows = slice.rows.slice(0, limit);
    const messages = await this.senders.attach(rows);
    const pins = fitting(
      messages.map((message, index) => {
        const { pinned_by, pinned_at } = rows[index] as PinRow;
        return { message, pinned_by, pinned_at: pinned_at.toISOString() };
      }),
    );
    const last = rows[pins.length - 1];
    const next = last !== undefined && slice.found > pins.length ? encodeCursor(name, [last.pin_seq]) : null;
    return { pins: [...pins], next_cursor: next, has_more: next !== null, as_of_seq: slice.asOfSeq };
  }

  private tell(entry: LogEntry | undefined): void {
    if (entry !== undefined) this.publisher.publish(entry.chat_id, entry.seq, [entry]);
  }
}
