import { Injectable } from '@nestjs/common';
import type { AccessChange } from '#contracts/access.contract.js';
import type { Chat, ChatRole } from '#contracts/chat.contract.js';
import { FechatterError, notFound } from '#contracts/error.js';
import type { Transaction } from '#database/database.js';
import {
  actingRole,
  mayInChat,
  mayInWorkspace,
  seesChat,
  type ChatAction,
  type Standing,
  type WorkspaceAction,
} from '#domain/permission.js';
import { HandOverService } from '../hand-over/hand-over.service.js';
import { ChatWriter } from './chat-writer.repository.js';
import { toChat, type ChatRow } from './chat.row.js';

/** A live chat that the caller sees, locked until the change is committed. */
export class ChatInHand {
  private recorded: ChatRow;

  constructor(
    readonly transaction: Transaction,
    readonly chat: ChatRow,
    readonly userId: number,
    readonly standing: Standing,
    private readonly writer: ChatWriter,
  ) {
    this.recorded = chat;
  }

  get id(): number {
    return this.chat.id;
  }

  /** The role with which the caller acts here. */
  get role(): ChatRole | null {
    return actingRole(this.standing, this.chat);
  }

  /** Throws FORBIDDEN with `message` unless the caller may. */
  require(action: ChatAction, message: string): void {
    if (!mayInChat(this.role, this.chat, action)) throw new FechatterError('FORBIDDEN', message);
  }

  /** As `require`, for what depends on the role in the workspace. */
  requireInWorkspace(action: WorkspaceAction, message: string): void {
    const { workspace_role } = this.standing;
    if (workspace_role === null || !mayInWorkspace(workspace_role, action)) {
      throw new FechatterError('FORBIDDEN', message);
    }
  }

  /** Throws FORBIDDEN in an archived chat. */
  requireOpen(): void {
    if (this.chat.is_archived) {
      throw new FechatterError('FORBIDDEN', 'The chat is archived. Take it out of the archive first.');
    }
  }

  /** What message has to be told, in this order. `joined` is what it adds to the number of members. */
  async record(changes: readonly AccessChange[], joined = 0): Promise<void> {
    this.recorded = await this.writer.record(this.transaction, this.chat, this.userId, changes, joined);
  }

  /** The chat as the recorded changes left it. */
  result(): Chat {
    return toChat(this.recorded);
  }
}

/** The one way in which users change a chat or who belongs to it. */
@Injectable()
export class ChatChangeService {
  constructor(
    private readonly writer: ChatWriter,
    private readonly handOvers: HandOverService,
  ) {}

  /**
   * Runs `work` under the lock of the chat, and answers when what it recorded, and all before it, is in force. NOT_FOUND
   * for a chat that the caller does not see; `unseen` may say something else of it, within the transaction.
   */
  async change<Result>(
    userId: number,
    chatId: number,
    work: (inHand: ChatInHand) => Promise<Result>,
    unseen?: (chat: ChatRow, transaction: Transaction) => Promise<Result | undefined>,
  ): Promise<Result> {
    const result = await this.writer.locked(chatId, async (chat, transaction) => {
      const standing = await this.writer.standing(transaction, chat, userId);
      if (chat.deleted_at === null && seesChat(standing, chat)) {
        return work(new ChatInHand(transaction, chat, userId, standing, this.writer));
      }
      return unseen?.(chat, transaction);
    });
    if (result === undefined) throw notFound('chat');
    await this.handOvers.deliver(chatId);
    return result;
  }
}
