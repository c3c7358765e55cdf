import { Controller } from '@nestjs/common';
import type { CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { searchRpc } from '#contracts/search.contract.js';
import { QueryService } from './query.service.js';

/** Searches on the bus. */
@Controller()
export class QueryController {
  constructor(private readonly queries: QueryService) {}

  @Handle(searchRpc.messages)
  messages(
    request: RequestOf<typeof searchRpc.messages>,
    context: CallContext,
  ): Promise<ReplyOf<typeof searchRpc.messages>> {
    return this.queries.messages(request, context);
  }
}
