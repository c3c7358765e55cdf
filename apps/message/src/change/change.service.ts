import { Injectable } from '@nestjs/common';
import { FechatterError } from '#contracts/error.js';
import type { Message } from '#contracts/message.contract.js';
import type { User } from '#contracts/user.contract.js';
import type { Transaction } from '#database/database.js';
import { messageEntry } from '../log/log-entry.js';
import { MentionService } from '../mention/mention.service.js';
import { toMessage, type MessageRow } from '../message.row.js';
import { SenderService } from '../sender/sender.service.js';
import { LogPublisher } from '../writer/log-publisher.js';
import { LogWriter, type LockedHead } from '../writer/log-writer.repository.js';
import { ChangeRepository, type MemberMessage } from './change.repository.js';
import { MessageLock } from './message-lock.js';

/** A change of a message; without one the message was as it should be already. */
interface Changed {
  readonly row: MessageRow;
  readonly type?: 'message.updated' | 'message.deleted';
}

/** Edits and deletes messages. Only present members of the chat may; others get NOT_FOUND. */
@Injectable()
export class ChangeService {
  constructor(
    private readonly changes: ChangeRepository,
    private readonly lock: MessageLock,
    private readonly writer: LogWriter,
    private readonly publisher: LogPublisher,
    private readonly senders: SenderService,
    private readonly mentions: MentionService,
  ) {}

  /**
   * Only its sender edits a message. The same text again changes nothing. FORBIDDEN for others and in an archived chat,
   * CONFLICT once it is deleted.
   */
  async edit(userId: number, messageId: number, content: string): Promise<Message> {
    const { chat_id, sender_id } = await this.lock.locate(userId, messageId);
    const [sender, mentions] = await Promise.all([this.senders.getOne(sender_id), this.mentions.find(content)]);
    return this.change(userId, chat_id, messageId, sender, async (message, head, transaction) => {
      if (message.sender_id !== userId) throw new FechatterError('FORBIDDEN', 'Only its sender may edit a message.');
      if (message.deleted_at !== null) throw new FechatterError('CONFLICT', 'The message was deleted.');
      if (message.is_archived)
        throw new FechatterError('FORBIDDEN', 'The chat is archived: nothing can be edited in it.');
      if (message.content === content) return { row: message };
      const row = await this.changes.edit(transaction, message, head.last_seq + 1, content, mentions);
      await this.record(transaction, head, userId, row, 'message.updated', { content: message.content });
      return { row, type: 'message.updated' };
    });
  }

  /** Its sender, and owners and admins of the chat. Deleting again changes nothing. FORBIDDEN for others. */
  async delete(userId: number, messageId: number): Promise<void> {
    const { chat_id, sender_id } = await this.lock.locate(userId, messageId);
    const sender = await this.senders.getOne(sender_id);
    await this.change(userId, chat_id, messageId, sender, async (message, head, transaction) => {
      if (message.sender_id !== userId && message.role === 'member') {
        throw new FechatterError('FORBIDDEN', 'Only its sender and admins of the chat may delete a message.');
      }
      if (message.deleted_at !== null) return { row: message };
      const row = await this.changes.erase(transaction, message, head.last_seq + 1);
      await this.record(transaction, head, userId, row, 'message.deleted', {});
      return { row, type: 'message.deleted' };
    });
  }

  /** `sender` is known before: after the commit nothing may hold up its publication. */
  private async change(
    userId: number,
    chatId: number,
    messageId: number,
    sender: User,
    work: (message: MemberMessage, head: LockedHead, transaction: Transaction) => Promise<Changed>,
  ): Promise<Message> {
    const { row, type } = await this.lock.locked(userId, chatId, messageId, work);
    if (type !== undefined) this.publisher.publish(chatId, row.version, [messageEntry(type, row.version, row, sender)]);
    return toMessage(row, sender);
  }

  private async record(
    transaction: Transaction,
    head: LockedHead,
    actorId: number,
    row: MessageRow,
    type: 'message.updated' | 'message.deleted',
    data: object,
  ): Promise<void> {
    const change = { seq: row.version, type, message_id: row.id, user_id: null, actor_id: actorId, data };
    await this.writer.append(transaction, head.chat_id, [change], row.deleted_at ?? row.edited_at);
    await this.writer.advance(transaction, head.chat_id, { last_seq: row.version });
  }
}
