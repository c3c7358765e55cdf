import { Injectable } from '@nestjs/common';
import type { Chat, ChatMember, ChatRole } from '#contracts/chat.contract.js';
import { FechatterError, notFound } from '#contracts/error.js';
import { decodeCursor, pageOf } from '#database/cursor.js';
import { mayChangeChatRole } from '#domain/permission.js';
import { ChatChangeService, type ChatInHand } from '../chat/chat-change.service.js';
import { ChatService } from '../chat/chat.service.js';
import { WorkspaceUserRepository } from '../workspace/workspace-user.repository.js';
import { MemberRepository } from './member.repository.js';

type Done = Record<string, never>;

/** Who belongs to a chat. */
@Injectable()
export class MemberService {
  constructor(
    private readonly chats: ChatService,
    private readonly changes: ChatChangeService,
    private readonly members: MemberRepository,
    private readonly workspaceUsers: WorkspaceUserRepository,
  ) {}

  /** A page of the members by user id, for everybody who sees the chat. */
  async list(
    userId: number,
    chatId: number,
    limit: number,
    cursor?: string,
  ): Promise<{ members: ChatMember[]; next_cursor: string | null; has_more: boolean }> {
    await this.chats.requireVisible(userId, chatId);
    const list = `chat.member.list ${chatId}`;
    const [after = 0] = cursor === undefined ? [] : decodeCursor(list, cursor, 1);
    const found = await this.members.list(chatId, after, limit + 1);
    await this.chats.settle([chatId]);
    const { rows: members, ...more } = pageOf(list, found, limit, ({ user_id }) => [user_id]);
    return { members, ...more };
  }

  /** Into a public channel, as member; a member stays what they are. FORBIDDEN in an archived chat. */
  async join(userId: number, chatId: number): Promise<Chat> {
    return this.changes.change(userId, chatId, async (inHand) => {
      if (inHand.standing.chat_role !== null) return inHand.result();
      inHand.requireOpen();
      await this.add(inHand, [userId], 'member');
      return inHand.result();
    });
  }

  /** FORBIDDEN in a direct chat; CONFLICT for the last owner. Succeeds for those who have left already. */
  async leave(userId: number, chatId: number): Promise<Done> {
    return this.changes.change<Done>(
      userId,
      chatId,
      async (inHand) => {
        const { chat_role } = inHand.standing;
        if (chat_role === null) return {};
        inHand.require('leave', 'A direct chat cannot be left.');
        await this.remove(inHand, userId, chat_role);
        return {};
      },
      async (chat, transaction) => ((await this.members.wasMember(transaction, chat.id, userId)) ? {} : undefined),
    );
  }

  /**
   * Adds people of the workspace; answers all of them as members. Those who are already keep their role. Only admins of the
   * chat make admins. NOT_FOUND when somebody is not in the workspace.
   */
  async addMany(userId: number, chatId: number, userIds: readonly number[], role: ChatRole): Promise<ChatMember[]> {
    return this.changes.change(userId, chatId, async (inHand) => {
      inHand.require('add_members', 'Only members may add people here; in a private channel only its admins.');
      inHand.requireInWorkspace('add_to_chats', 'Guests cannot add people.');
      if (role !== 'member') inHand.require('manage_members', 'Only admins of the chat may add admins.');
      inHand.requireOpen();
      const wanted = [...new Set(userIds)];
      await this.workspaceUsers.requireActive(inHand.transaction, inHand.chat.workspace_id, wanted);
      await this.add(inHand, wanted, role);
      return this.members.present(inHand.transaction, chatId, wanted);
    });
  }

  /** Owners give every role; admins neither make owners nor touch them. CONFLICT when no owner would be left. */
  async setRole(userId: number, chatId: number, memberId: number, role: ChatRole): Promise<ChatMember> {
    return this.changes.change(userId, chatId, async (inHand) => {
      inHand.require('manage_members', 'Only admins of the chat may change roles; a direct chat has none.');
      const [member] = await this.members.present(inHand.transaction, chatId, [memberId]);
      if (member === undefined) throw notFound('member');
      if (member.role === role) return member;
      if (!mayChangeChatRole(inHand.role, member.role, role)) throw ownersOnly();
      if (member.role === 'owner') await this.requireOtherOwner(inHand, memberId);
      const changed = { user_id: memberId, role };
      await this.members.setRole(inHand.transaction, chatId, changed);
      await inHand.record([{ type: 'member.updated', member: changed }]);
      return { ...member, role };
    });
  }

  /**
   * Your own id means leaving. Removing somebody who has already left succeeds; NOT_FOUND if they were never a member.
   */
  async removeOne(userId: number, chatId: number, memberId: number): Promise<Done> {
    if (memberId === userId) return this.leave(userId, chatId);
    return this.changes.change<Done>(userId, chatId, async (inHand) => {
      inHand.require('manage_members', 'Only admins of the chat may remove members; from a direct chat nobody.');
      const [member] = await this.members.present(inHand.transaction, chatId, [memberId]);
      if (member === undefined) {
        if (await this.members.wasMember(inHand.transaction, chatId, memberId)) return {};
        throw notFound('member');
      }
      if (!mayChangeChatRole(inHand.role, member.role, null)) throw ownersOnly();
      await this.remove(inHand, memberId, member.role);
      return {};
    });
  }

  private async add(inHand: ChatInHand, userIds: readonly number[], role: ChatRole): Promise<void> {
    const wanted = userIds.map((user_id) => ({ user_id, role }));
    const members = await this.members.add(inHand.transaction, inHand.id, wanted);
    if (members.length > 0) await inHand.record([{ type: 'member.added', members }], members.length);
  }

  private async remove(inHand: ChatInHand, memberId: number, role: ChatRole): Promise<void> {
    if (role === 'owner') await this.requireOtherOwner(inHand, memberId);
    await this.members.leave(inHand.transaction, inHand.id, memberId);
    await inHand.record([{ type: 'member.removed', user_ids: [memberId] }], -1);
  }

  private async requireOtherOwner(inHand: ChatInHand, userId: number): Promise<void> {
    if (await this.members.hasOtherOwner(inHand.transaction, inHand.id, userId)) return;
    throw new FechatterError('CONFLICT', 'A chat needs an owner: make somebody else owner first, or delete the chat.');
  }
}

function ownersOnly(): FechatterError {
  return new FechatterError('FORBIDDEN', 'Only owners of the chat may make, change or remove owners.');
}
