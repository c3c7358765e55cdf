import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { pinRpc } from '#contracts/pin.contract.js';
import { PinService } from './pin.service.js';

/** Pins on the bus. */
@Controller()
export class PinController {
  constructor(private readonly pins: PinService) {}

  @Handle(pinRpc.add)
  async add({ message_id }: RequestOf<typeof pinRpc.add>, context: CallContext): Promise<ReplyOf<typeof pinRpc.add>> {
    await this.pins.add(userOf(context).user_id, message_id);
    return {};
  }

  @Handle(pinRpc.remove)
  async remove(
    { message_id }: RequestOf<typeof pinRpc.remove>,
    context: CallContext,
  ): Promise<ReplyOf<typeof pinRpc.remove>> {
    await this.pins.remove(userOf(context).user_id, message_id);
    return {};
  }

  @Handle(pinRpc.list)
  list(
    { chat_id, limit, cursor }: RequestOf<typeof pinRpc.list>,
    context: CallContext,
  ): Promise<ReplyOf<typeof pinRpc.list>> {
    return this.pins.list(userOf(context).user_id, chat_id, limit, cursor);
  }
}
