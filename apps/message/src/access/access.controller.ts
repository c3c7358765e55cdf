import { Controller } from '@nestjs/common';
import { Handle } from '#bus/handle.js';
import { accessRpc } from '#contracts/access.contract.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { AccessService } from './access.service.js';

/** The hand-over from the chat service on the bus. */
@Controller()
export class AccessController {
  constructor(private readonly access: AccessService) {}

  @Handle(accessRpc.apply)
  async apply(handOver: RequestOf<typeof accessRpc.apply>): Promise<ReplyOf<typeof accessRpc.apply>> {
    return { version: await this.access.apply(handOver) };
  }

  @Handle(accessRpc.deny)
  async deny({ workspace_id, user_id }: RequestOf<typeof accessRpc.deny>): Promise<ReplyOf<typeof accessRpc.deny>> {
    await this.access.deny(workspace_id, user_id);
    return {};
  }

  @Handle(accessRpc.allow)
  async allow({ workspace_id, user_id }: RequestOf<typeof accessRpc.allow>): Promise<ReplyOf<typeof accessRpc.allow>> {
    await this.access.allow(workspace_id, user_id);
    return {};
  }
}
