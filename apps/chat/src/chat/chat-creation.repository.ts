import { Injectable } from '@nestjs/common';
import type { AccessMember } from '#contracts/access.contract.js';
import { notFound } from '#contracts/error.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { MemberRepository } from '../member/member.repository.js';
import { WorkspaceUserRepository } from '../workspace/workspace-user.repository.js';
import { ChatWriter, type NewChatRow } from './chat-writer.repository.js';
import { toLoggedChat, type ChatRow } from './chat.row.js';

/** Keeps the workspace from being deleted until the chat is in it. */
const hold = sql(
  'chat.creation.hold_workspace',
  'SELECT FROM chat.workspaces WHERE id = $1 AND deleted_at IS NULL FOR KEY SHARE',
);

/** A chat, its first members and its first hand-over: all of them or nothing. */
@Injectable()
export class ChatCreationRepository {
  constructor(
    private readonly database: Database,
    private readonly writer: ChatWriter,
    private readonly members: MemberRepository,
    private readonly workspaceUsers: WorkspaceUserRepository,
  ) {}

  /**
   * Undefined when the name or the people have a chat already. NOT_FOUND when the workspace was deleted or somebody is
   * not in it. `check` runs in the same transaction, after the people are held in the workspace.
   */
  async create(
    chat: Omit<NewChatRow, 'member_count'>,
    members: readonly AccessMember[],
    check: (transaction: Transaction) => Promise<void> = async () => undefined,
  ): Promise<ChatRow | undefined> {
    return this.database.transaction(async (transaction) => {
      const held = await transaction.query(hold, [chat.workspace_id]);
      if (held.length === 0) throw notFound('workspace');
      const row = await this.writer.insert(transaction, { ...chat, member_count: members.length });
      if (row === undefined) return undefined;
      const userIds = members.map(({ user_id }) => user_id);
      await this.workspaceUsers.requireActive(transaction, chat.workspace_id, userIds);
      await check(transaction);
      await this.begin(transaction, row, members);
      return row;
    });
  }

  /** The members and the hand-over of a chat that this transaction has inserted. */
  async begin(transaction: Transaction, chat: ChatRow, members: readonly AccessMember[]): Promise<void> {
    await this.members.add(transaction, chat.id, members);
    await this.writer.recordCreation(transaction, chat, {
      type: 'chat.created',
      chat: toLoggedChat(chat),
      members: [...members],
    });
  }
}
