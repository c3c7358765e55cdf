import { Injectable } from '@nestjs/common';
import { FechatterError, notFound } from '#contracts/error.js';
import type { Transaction } from '#database/database.js';
import { LogWriter, type LockedHead } from '../writer/log-writer.repository.js';
import { ChangeRepository, type Location, type MemberMessage } from './change.repository.js';

/** Finds a message and locks its chat for a change. Users who are not present members of the chat get NOT_FOUND. */
@Injectable()
export class MessageLock {
  constructor(
    private readonly changes: ChangeRepository,
    private readonly writer: LogWriter,
  ) {}

  /** The chat of the message, and who sent it. */
  async locate(userId: number, messageId: number): Promise<Location> {
    const location = await this.changes.locate(userId, messageId);
    if (location === undefined) throw notFound('message');
    return location;
  }

  /** Access is checked again under the lock: a removal may have been committed while it was waited for. */
  async locked<Result>(
    userId: number,
    chatId: number,
    messageId: number,
    work: (message: MemberMessage, head: LockedHead, transaction: Transaction) => Promise<Result>,
  ): Promise<Result> {
    const done = await this.writer.locked(chatId, async (head, transaction) => {
      const message = await this.changes.get(transaction, userId, chatId, messageId);
      if (message === undefined) throw notFound('message');
      return { result: await work(message, head, transaction) };
    });
    if (done === undefined) throw notFound('message');
    return done.result;
  }

  /** Locks the chat for what can be done only in open chats to messages that were not deleted: FORBIDDEN, CONFLICT. */
  async open<Result>(
    userId: number,
    messageId: number,
    work: (message: MemberMessage, head: LockedHead, transaction: Transaction) => Promise<Result>,
  ): Promise<Result> {
    const { chat_id } = await this.locate(userId, messageId);
    return this.locked(userId, chat_id, messageId, async (message, head, transaction) => {
      if (message.is_archived) throw new FechatterError('FORBIDDEN', 'The chat is archived: nothing changes in it.');
      if (message.deleted_at !== null) throw new FechatterError('CONFLICT', 'The message was deleted.');
      return work(message, head, transaction);
    });
  }
}
