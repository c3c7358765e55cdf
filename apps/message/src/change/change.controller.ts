import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { ChangeService } from './change.service.js';

/** Editing and deleting on the bus. */
@Controller()
export class ChangeController {
  constructor(private readonly changes: ChangeService) {}

  @Handle(messageRpc.edit)
  edit(
    { message_id, content }: RequestOf<typeof messageRpc.edit>,
    context: CallContext,
  ): Promise<ReplyOf<typeof messageRpc.edit>> {
    return this.changes.edit(userOf(context).user_id, message_id, content);
  }

  @Handle(messageRpc.delete)
  async delete(
    { message_id }: RequestOf<typeof messageRpc.delete>,
    context: CallContext,
  ): Promise<ReplyOf<typeof messageRpc.delete>> {
    await this.changes.delete(userOf(context).user_id, message_id);
    return {};
  }
}
