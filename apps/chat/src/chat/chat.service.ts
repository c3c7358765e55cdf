import { Injectable } from '@nestjs/common';
import { fitting } from '#bus/page-size.js';
import type { Chat } from '#contracts/chat.contract.js';
import { FechatterError, notFound } from '#contracts/error.js';
import { decodeCursor, encodeCursor } from '#database/cursor.js';
import { mayInWorkspace, seesChat } from '#domain/permission.js';
import { HandOverService } from '../hand-over/hand-over.service.js';
import { WorkspaceUserRepository } from '../workspace/workspace-user.repository.js';
import { ChatRepository } from './chat.repository.js';
import { toChat, type ChatRow } from './chat.row.js';

export interface ChatPage {
  readonly chats: Chat[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

/** Reads of chats. What was read is answered only when it is in force everywhere, so chats are settled after reading. */
@Injectable()
export class ChatService {
  constructor(
    private readonly chats: ChatRepository,
    private readonly workspaceUsers: WorkspaceUserRepository,
    private readonly handOvers: HandOverService,
  ) {}

  /** A chat of the caller, or a public channel of their workspace (not for guests). */
  async get(userId: number, chatId: number): Promise<Chat> {
    const chat = await this.requireVisible(userId, chatId);
    await this.settle([chatId]);
    return toChat(chat);
  }

  /** Those of the chats that the caller is a member of, and the ids of those that one reply has no room for. */
  async getMany(userId: number, chatIds: readonly number[]): Promise<{ chats: Chat[]; rest_ids: number[] }> {
    const found = await this.settled(await this.chats.findMany(userId, chatIds));
    const chats = [...fitting(found)];
    return { chats, rest_ids: found.slice(chats.length).map(({ id }) => id) };
  }

  /** Public channels that the caller could join and has not, by name. FORBIDDEN for guests. */
  async browse(
    userId: number,
    workspaceId: number,
    { q, limit, cursor }: { q: string; limit: number; cursor?: string | undefined },
  ): Promise<ChatPage> {
    const role = await this.workspaceUsers.role(workspaceId, userId);
    if (role === undefined) throw notFound('workspace');
    if (!mayInWorkspace(role, 'browse')) throw new FechatterError('FORBIDDEN', 'Guests cannot browse channels.');
    const list = `chat.browse ${workspaceId} ${q}`;
    const [afterId = 0] = cursor === undefined ? [] : decodeCursor(list, cursor, 1);
    const found = await this.chats.browse(workspaceId, userId, { q, afterId, limit: limit + 1 });
    const chats = [...fitting(await this.settled(found.slice(0, limit)))];
    const last = chats.at(-1);
    const next = found.length > chats.length && last !== undefined ? encodeCursor(list, [last.id]) : null;
    return { chats, next_cursor: next, has_more: next !== null };
  }

  /** Chats by name that the caller may open. */
  async search(userId: number, query: string, limit: number, workspaceId?: number): Promise<Chat[]> {
    return [...fitting(await this.settled(await this.chats.search(userId, query, workspaceId, limit)))];
  }

  /** NOT_FOUND for what the caller does not see. */
  async requireVisible(userId: number, chatId: number): Promise<ChatRow> {
    const found = await this.chats.find(userId, chatId);
    if (found === undefined || !seesChat(found, found)) throw notFound('chat');
    return found;
  }

  settle(chatIds: readonly number[]): Promise<void> {
    return this.handOvers.settle(chatIds);
  }

  private async settled(rows: readonly ChatRow[]): Promise<Chat[]> {
    await this.settle(rows.map((row) => row.id));
    return rows.map(toChat);
  }
}
