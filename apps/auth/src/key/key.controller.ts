import { Controller } from '@nestjs/common';
import { Handle } from '#bus/handle.js';
import { authRpc } from '#contracts/auth.contract.js';
import type { ReplyOf } from '#contracts/contract.js';
import { KeyService } from './key.service.js';

/** The public keys of access tokens, on the bus. */
@Controller()
export class KeyController {
  constructor(private readonly keys: KeyService) {}

  @Handle(authRpc.listKeys)
  async list(): Promise<ReplyOf<typeof authRpc.listKeys>> {
    return this.keys.list();
  }
}
