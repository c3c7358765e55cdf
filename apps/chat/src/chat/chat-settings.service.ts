import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Chat, UpdateChat } from '#contracts/chat.contract.js';
import { FechatterError, invalid } from '#contracts/error.js';
import { isUniqueViolation } from '#database/errors.js';
import { mayInChat } from '#domain/permission.js';
import { ChatChangeService, type ChatInHand } from './chat-change.service.js';
import { ChatWriter, type ChatSettings } from './chat-writer.repository.js';
import { toChat, toLoggedChat, type ChatRow } from './chat.row.js';

/** Changes of a chat itself. */
@Injectable()
export class ChatSettingsService {
  constructor(
    private readonly changes: ChatChangeService,
    private readonly writer: ChatWriter,
  ) {}

  /**
   * Fields that are left out stay. Name and description: admins of a channel, all members of a group. Privacy and archive:
   * admins. CONFLICT when another channel has the name. The general channel stays public and in use.
   */
  async update(userId: number, chatId: number, fields: z.output<typeof UpdateChat>): Promise<Chat> {
    try {
      return await this.changes.change(userId, chatId, async (inHand) => this.apply(inHand, fields));
    } catch (error) {
      if (isUniqueViolation(error, 'idx_chats_channel_name')) throw nameTaken();
      throw error;
    }
  }

  /** For everybody; its owner, and for channels owners and admins of the workspace. Repeating it is done. */
  async delete(userId: number, chatId: number): Promise<Record<string, never>> {
    return this.changes.change<Record<string, never>>(
      userId,
      chatId,
      async (inHand) => {
        const { chat, transaction } = inHand;
        inHand.require('delete', 'Only an owner of the chat may delete it; a direct chat nobody.');
        if (chat.is_general) throw generalStays();
        await this.writer.markDeleted(transaction, chat.id);
        await inHand.record([{ type: 'chat.deleted' }]);
        return {};
      },
      async (chat, transaction) => {
        // A repeat: whoever was a member when it was deleted still has the row that says so.
        const { workspace_role, chat_role } = await this.writer.standing(transaction, chat, userId);
        return chat.deleted_at !== null && workspace_role !== null && chat_role !== null ? {} : undefined;
      },
    );
  }

  private async apply(inHand: ChatInHand, fields: z.output<typeof UpdateChat>): Promise<Chat> {
    const { chat, transaction } = inHand;
    const wanted: ChatSettings = {
      name: fields.name ?? chat.name,
      description: fields.description ?? chat.description,
      is_private: fields.is_private ?? chat.is_private,
      is_archived: fields.is_archived ?? chat.is_archived,
    };
    const renames = wanted.name !== chat.name || wanted.description !== chat.description;
    const configures = wanted.is_private !== chat.is_private || wanted.is_archived !== chat.is_archived;
    const action = configures || !mayInChat(inHand.role, chat, 'rename') ? 'configure' : 'rename';
    inHand.require(action, 'Only admins of the chat may change it; a direct chat nobody.');
    if (chat.type === 'group' && !wanted.is_private) throw invalid('is_private', 'Groups are always private');
    if (chat.is_general && (wanted.is_private || wanted.is_archived)) throw generalStays();
    if (renames && wanted.is_archived) inHand.requireOpen();
    if (!renames && !configures) return toChat(chat);
    const updated: ChatRow = await this.writer.update(transaction, chat.id, wanted);
    await inHand.record([{ type: 'chat.updated', chat: toLoggedChat(updated) }]);
    return inHand.result();
  }
}

export function nameTaken(): FechatterError {
  return new FechatterError('CONFLICT', 'A channel of this name exists already in the workspace. Choose another name.');
}

function generalStays(): FechatterError {
  return new FechatterError(
    'FORBIDDEN',
    'New members begin in this channel: it stays public, in use, and is not deleted.',
  );
}
