import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { chatRpc } from '#contracts/chat.contract.js';
import { searchApi } from '#contracts/http/search.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { searchRpc } from '#contracts/search.contract.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';
import { UserDirectory } from './user-directory.js';

@Controller()
export class SearchController {
  constructor(
    private readonly bus: Bus,
    private readonly directory: UserDirectory,
  ) {}

  @Route(searchApi.messages)
  async messages({ body }: InputOf<typeof searchApi.messages>, call: RequestCall) {
    return this.bus.relay(searchRpc.messages, body, { within: call });
  }

  @Route(searchApi.messagesByQuery)
  async messagesByQuery({ query }: InputOf<typeof searchApi.messagesByQuery>, call: RequestCall) {
    const { q, chat_ids, sender_ids, date_from, date_to, ...rest } = query;
    const filters = { chat_ids, sender_ids, date_from, date_to };
    return this.bus.relay(searchRpc.messages, { query: q, filters, ...rest }, { within: call });
  }

  @Route(searchApi.users)
  async users({ query }: InputOf<typeof searchApi.users>, call: RequestCall) {
    return this.directory.search(query, call);
  }

  @Route(searchApi.chats)
  async chats({ query: { q, workspace_id, limit } }: InputOf<typeof searchApi.chats>, call: RequestCall) {
    const { chats } = await this.bus.call(chatRpc.search, { query: q, workspace_id, limit }, { within: call });
    return { chats, next_cursor: null, has_more: false };
  }
}
