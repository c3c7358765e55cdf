import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { chatRpc, type Chat } from '#contracts/chat.contract.js';
import type { chatsApi } from '#contracts/http/chat.routes.js';
import type { InputOf, ReplyOf } from '#contracts/http/route.js';
import { messageRpc } from '#contracts/message.contract.js';
import type { RequestCall } from './server/request-call.js';

/** The caller's chats: message knows order, figures and last messages, chat knows the names. */
@Injectable()
export class ChatList {
  constructor(private readonly bus: Bus) {}

  /** Two calls for any usual number of chats. A chat that only one of the two knows is coming or going, and left out. */
  async page(query: InputOf<typeof chatsApi.list>['query'], call: RequestCall): Promise<ReplyOf<typeof chatsApi.list>> {
    const inbox = await this.bus.call(messageRpc.inbox, query, { within: call });
    const ids = inbox.chats.map(({ chat_id }) => chat_id);
    const byId = new Map((await this.chats(ids, call)).map((chat) => [chat.id, chat]));
    return {
      chats: inbox.chats.flatMap((entry) => {
        const chat = byId.get(entry.chat_id);
        if (chat === undefined) return [];
        return [
          {
            id: chat.id,
            workspace_id: chat.workspace_id,
            name: chat.name,
            type: chat.type,
            description: chat.description,
            is_private: chat.is_private,
            is_archived: chat.is_archived,
            member_count: chat.member_count,
            role: entry.role,
            unread_count: entry.unread_count,
            mention_count: entry.mention_count,
            last_seq: entry.last_seq,
            read_seq: entry.read_seq,
            last_activity_at: entry.last_activity_at,
            last_message: entry.last_message,
          },
        ];
      }),
      next_cursor: inbox.next_cursor,
      has_more: inbox.has_more,
    };
  }

  private async chats(ids: number[], call: RequestCall): Promise<Chat[]> {
    const { chats, rest_ids } = await this.bus.call(chatRpc.getMany, { ids }, { within: call });
    return rest_ids.length === 0 ? chats : [...chats, ...(await this.chats(rest_ids, call))];
  }
}
