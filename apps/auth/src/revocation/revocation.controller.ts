import { Controller } from '@nestjs/common';
import { Handle } from '#bus/handle.js';
import { authRpc } from '#contracts/auth.contract.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { RevocationService } from './revocation.service.js';

/** Which sessions ended early, on the bus. */
@Controller()
export class RevocationController {
  constructor(private readonly revocations: RevocationService) {}

  @Handle(authRpc.listRevocations)
  list({ after }: RequestOf<typeof authRpc.listRevocations>): Promise<ReplyOf<typeof authRpc.listRevocations>> {
    return this.revocations.list(after);
  }
}
