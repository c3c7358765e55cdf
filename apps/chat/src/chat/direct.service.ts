import { Injectable } from '@nestjs/common';
import type { AccessMember } from '#contracts/access.contract.js';
import type { Chat } from '#contracts/chat.contract.js';
import { notFound } from '#contracts/error.js';
import { HandOverService } from '../hand-over/hand-over.service.js';
import { MemberRepository } from '../member/member.repository.js';
import { WorkspaceUserRepository } from '../workspace/workspace-user.repository.js';
import { ChatCreationRepository, mostMadeInAll } from './chat-creation.repository.js';
import { ChatWriter } from './chat-writer.repository.js';
import { ChatRepository } from './chat.repository.js';
import { toChat, type ChatRow } from './chat.row.js';

/** Direct chats: one for each set of people in a workspace. */
@Injectable()
export class DirectService {
  constructor(
    private readonly chats: ChatRepository,
    private readonly creation: ChatCreationRepository,
    private readonly writer: ChatWriter,
    private readonly members: MemberRepository,
    private readonly workspaceUsers: WorkspaceUserRepository,
    private readonly handOvers: HandOverService,
  ) {}

  /**
   * The direct chat of exactly these people and the caller; alone with the own id it is a place for notes. Made when
   * missing, by however many at once. Somebody who left it with the workspace and came back is a member again. NOT_FOUND
   * when somebody is not in the workspace or, for a guest, shares no chat with them; CONFLICT when the caller has made,
   * or one of them is in, as many chats as one can.
   */
  async open(userId: number, workspaceId: number, userIds: readonly number[]): Promise<Chat> {
    const role = await this.workspaceUsers.role(workspaceId, userId);
    if (role === undefined) throw notFound('workspace');
    const people = [...new Set([userId, ...userIds])].sort((a, b) => a - b);
    if (role === 'guest') await this.requireSharedChats(userId, workspaceId, people);
    const key = people.join(',');
    const found =
      (await this.chats.directOf(workspaceId, key)) ??
      (await this.create(userId, workspaceId, people, key)) ??
      (await this.chats.directOf(workspaceId, key));
    if (found === undefined) throw notFound('workspace');
    const chat = found.member_count === people.length ? found : await this.complete(userId, found.id, people);
    await this.handOvers.settle([chat.id]);
    return toChat(chat);
  }

  private async requireSharedChats(userId: number, workspaceId: number, people: readonly number[]): Promise<void> {
    const visible = await this.workspaceUsers.visibleAmong(userId, workspaceId, people);
    if (visible.length < people.length) throw notFound('user');
  }

  private async create(
    userId: number,
    workspaceId: number,
    people: readonly number[],
    key: string,
  ): Promise<ChatRow | undefined> {
    return this.creation.create(
      {
        workspace_id: workspaceId,
        type: 'direct',
        name: '',
        description: '',
        is_private: true,
        is_general: false,
        direct_key: key,
        created_by: userId,
      },
      people.map(asMember),
      // One for each colleague, and no means to fill up somebody's list.
      people.length > 2 ? undefined : mostMadeInAll,
    );
  }

  private async complete(userId: number, chatId: number, people: readonly number[]): Promise<ChatRow> {
    const chat = await this.writer.locked(chatId, async (locked, transaction) => {
      await this.workspaceUsers.requireActive(transaction, locked.workspace_id, people);
      const members = await this.members.add(transaction, chatId, people.map(asMember));
      if (members.length === 0) return locked;
      return this.writer.record(transaction, locked, userId, [{ type: 'member.added', members }], members.length);
    });
    if (chat === undefined) throw notFound('chat');
    return chat;
  }
}

function asMember(user_id: number): AccessMember {
  return { user_id, role: 'member' };
}
