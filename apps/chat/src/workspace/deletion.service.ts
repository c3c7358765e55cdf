import { Injectable } from '@nestjs/common';
import { FechatterError, notFound } from '#contracts/error.js';
import { mayInWorkspace } from '#domain/permission.js';
import { ChatWriter } from '../chat/chat-writer.repository.js';
import { ChatRepository } from '../chat/chat.repository.js';
import { HandOverService } from '../hand-over/hand-over.service.js';
import { DeletionRepository } from './deletion.repository.js';

const chatsAtOnce = 50;
/** What a request waits for; the rest follows in the background. */
const chunksOfRequest = 4;

/** Deletes workspaces with all their chats. */
@Injectable()
export class DeletionService {
  constructor(
    private readonly deletions: DeletionRepository,
    private readonly chats: ChatRepository,
    private readonly writer: ChatWriter,
    private readonly handOvers: HandOverService,
  ) {}

  /** Owners only; repeating it is done. From now on nobody sees the workspace, and its chats end one after the other. */
  async delete(userId: number, workspaceId: number): Promise<void> {
    const found = await this.deletions.locked(workspaceId, userId, async ({ role, deleted_at }, transaction) => {
      const may = mayInWorkspace(role, 'delete');
      if (deleted_at !== null) return may || undefined;
      if (!may) throw new FechatterError('FORBIDDEN', 'Only an owner may delete the workspace.');
      await this.deletions.mark(transaction, workspaceId, userId);
      return true;
    });
    if (found === undefined) throw notFound('workspace');
    await this.close(workspaceId, chunksOfRequest);
  }

  /** Deletes the chats of a deleted workspace until none is left, or for so many chunks. */
  async close(workspaceId: number, mostChunks = Number.POSITIVE_INFINITY): Promise<void> {
    const actorId = await this.deletions.deletedBy(workspaceId);
    if (actorId === undefined) return;
    for (let chunk = 0; chunk < mostChunks; chunk++) {
      const chatIds = await this.chats.liveOf(workspaceId, chatsAtOnce);
      for (const chatId of chatIds) await this.deleteChat(chatId, actorId);
      await this.handOvers.deliverAll(chatIds);
      if (chatIds.length < chatsAtOnce) return this.deletions.setClosed(workspaceId);
    }
  }

  private async deleteChat(chatId: number, actorId: number): Promise<void> {
    await this.writer.locked(chatId, async (chat, transaction) => {
      if (chat.deleted_at !== null) return;
      await this.writer.markDeleted(transaction, chatId);
      await this.writer.record(transaction, chat, actorId, [{ type: 'chat.deleted' }]);
    });
  }
}
