import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { receiptRpc } from '#contracts/receipt.contract.js';
import { ReceiptService } from './receipt.service.js';

/** Receipts on the bus. */
@Controller()
export class ReceiptController {
  constructor(private readonly receipts: ReceiptService) {}

  @Handle(receiptRpc.list)
  list(
    { chat_id, limit, cursor }: RequestOf<typeof receiptRpc.list>,
    context: CallContext,
  ): Promise<ReplyOf<typeof receiptRpc.list>> {
    return this.receipts.list(userOf(context).user_id, chat_id, limit, cursor);
  }

  @Handle(receiptRpc.deliver)
  async deliver({ marks }: RequestOf<typeof receiptRpc.deliver>): Promise<ReplyOf<typeof receiptRpc.deliver>> {
    return { postponed: await this.receipts.deliver(marks) };
  }
}
