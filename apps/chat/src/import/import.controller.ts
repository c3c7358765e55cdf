import { Controller } from '@nestjs/common';
import { userOf, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { importRpc } from '#contracts/import.contract.js';
import { ImportService } from './import.service.js';

/** Imports on the bus. */
@Controller()
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Handle(importRpc.lines)
  lines(
    { workspace_id, lines }: RequestOf<typeof importRpc.lines>,
    context: CallContext,
  ): Promise<ReplyOf<typeof importRpc.lines>> {
    return this.imports.import(userOf(context).user_id, workspace_id, lines);
  }
}
