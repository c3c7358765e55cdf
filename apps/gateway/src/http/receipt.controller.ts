import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { receiptsApi } from '#contracts/http/receipt.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { receiptRpc } from '#contracts/receipt.contract.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';

@Controller()
export class ReceiptController {
  constructor(private readonly bus: Bus) {}

  @Route(receiptsApi.list)
  async list({ params, query }: InputOf<typeof receiptsApi.list>, call: RequestCall) {
    return this.bus.relay(receiptRpc.list, { chat_id: params.id, ...query }, { within: call });
  }
}
