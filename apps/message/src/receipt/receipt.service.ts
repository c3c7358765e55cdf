import { Injectable } from '@nestjs/common';
import { notFound } from '#contracts/error.js';
import type { DeliveryMark, ReceiptPage } from '#contracts/receipt.contract.js';
import { decodeCursor, pageOf } from '#database/cursor.js';
import { ReceiptRepository } from './receipt.repository.js';

/** How far the members of a chat have received and read it. */
@Injectable()
export class ReceiptService {
  constructor(private readonly receipts: ReceiptRepository) {}

  /** Of the present members, for one of them: NOT_FOUND for others. VALIDATION_ERROR for a foreign cursor. */
  async list(userId: number, chatId: number, limit: number, cursor?: string): Promise<ReceiptPage> {
    const name = `message.receipt.list ${chatId}`;
    const [after = 0] = cursor === undefined ? [] : decodeCursor(name, cursor, 1);
    const found = await this.receipts.list(userId, chatId, after, limit + 1);
    if (found === undefined) throw notFound('chat');
    const { rows: receipts, ...more } = pageOf(name, found, limit, ({ user_id }) => [user_id]);
    return { receipts, ...more };
  }

  /** Moves positions forward; answers those that others are writing at the moment. */
  async deliver(marks: readonly DeliveryMark[]): Promise<DeliveryMark[]> {
    return marks.length === 0 ? [] : this.receipts.deliver(marks);
  }
}
