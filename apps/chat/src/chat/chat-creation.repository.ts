import { Injectable } from '@nestjs/common';
import type { AccessMember } from '#contracts/access.contract.js';
import { FechatterError, notFound } from '#contracts/error.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { MemberRepository } from '../member/member.repository.js';
import { WorkspaceUserRepository } from '../workspace/workspace-user.repository.js';
import { ChatWriter, type NewChatRow } from './chat-writer.repository.js';
import { toLoggedChat, type ChatRow } from './chat.row.js';

/** Live chats that one user may have made in a workspace, and with what an import brings and direct chats of two. */
const mostMade = 1_000;
export const mostMadeInAll = 5_000;

/** Keeps the workspace from being deleted until the chat is in it; `is_full` when $2 has made $3 of its chats or more. */
const hold = sql(
  'chat.creation.hold_workspace',
  `SELECT EXISTS (
     SELECT FROM chat.chats c WHERE c.workspace_id = w.id AND c.created_by = $2 AND c.deleted_at IS NULL OFFSET $3 - 1
   ) AS is_full
   FROM chat.workspaces w WHERE w.id = $1 AND w.deleted_at IS NULL FOR KEY SHARE OF w`,
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
   * not in it; CONFLICT when its maker has made `most` chats there, or somebody is in as many as one can be in.
   */
  async create(
    chat: Omit<NewChatRow, 'member_count'>,
    members: readonly AccessMember[],
    most = mostMade,
  ): Promise<ChatRow | undefined> {
    return this.database.transaction(async (transaction) => {
      const params = [chat.workspace_id, chat.created_by, most];
      const [workspace] = await transaction.query<{ is_full: boolean }>(hold, params);
      if (workspace === undefined) throw notFound('workspace');
      if (workspace.is_full) throw madeTooMany(most);
      const row = await this.writer.insert(transaction, { ...chat, member_count: members.length });
      if (row === undefined) return undefined;
      const userIds = members.map(({ user_id }) => user_id);
      await this.workspaceUsers.requireActive(transaction, chat.workspace_id, userIds);
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

function madeTooMany(most: number): FechatterError {
  return new FechatterError('CONFLICT', `You have made ${most} chats in this workspace. Delete some of them first.`);
}
