import { Controller } from '@nestjs/common';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { importRpc } from '#contracts/import.contract.js';
import { ImportService } from './import.service.js';

/** Importing on the bus. */
@Controller()
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Handle(importRpc.messages)
  import(request: RequestOf<typeof importRpc.messages>): Promise<ReplyOf<typeof importRpc.messages>> {
    return this.imports.import(request);
  }
}
