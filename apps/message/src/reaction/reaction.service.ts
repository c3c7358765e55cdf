import { Injectable } from '@nestjs/common';
import { FechatterError } from '#contracts/error.js';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';
import { mostEmoji } from '#contracts/reaction.contract.js';
import { MessageLock } from '../change/message-lock.js';
import { EntryWriter } from '../log/entry-writer.js';
import { toMessage, type MessageRow } from '../message.row.js';
import { SenderService } from '../sender/sender.service.js';
import { LogPublisher } from '../writer/log-publisher.js';
import { ReactionRepository } from './reaction.repository.js';

/** A message after a reaction; without an entry nothing has changed. */
interface Reacted {
  readonly row: MessageRow;
  readonly entry?: LogEntry;
}

/**
 * Reactions of present members, NOT_FOUND for everybody else; FORBIDDEN in archived chats, CONFLICT once the message is
 * deleted. A reaction becomes the version of its message, so whoever applies its entry only to lower versions applies
 * it once.
 */
@Injectable()
export class ReactionService {
  constructor(
    private readonly reactions: ReactionRepository,
    private readonly lock: MessageLock,
    private readonly entries: EntryWriter,
    private readonly publisher: LogPublisher,
    private readonly senders: SenderService,
  ) {}

  /** Adding twice is one. CONFLICT when the message has as many other emoji as it may have. */
  async add(userId: number, messageId: number, emoji: string): Promise<Message> {
    const reacted = await this.lock.open(userId, messageId, async (message, head, transaction): Promise<Reacted> => {
      const others = (message.reactions ?? []).filter((reaction) => reaction.emoji !== emoji);
      if (others.length >= mostEmoji) {
        throw new FechatterError('CONFLICT', `A message has at most ${mostEmoji} different emoji.`);
      }
      const row = await this.reactions.add(transaction, message, userId, emoji, head.last_seq + 1);
      if (row === undefined) return { row: message };
      const deed = { type: 'reaction.added', messageId, userId, more: { emoji } } as const;
      return { row, entry: await this.entries.write(transaction, head, deed) };
    });
    return this.tell(reacted);
  }

  /** Taking back what is not there changes nothing. */
  async remove(userId: number, messageId: number, emoji: string): Promise<Message> {
    const reacted = await this.lock.open(userId, messageId, async (message, head, transaction): Promise<Reacted> => {
      const row = await this.reactions.remove(transaction, message, userId, emoji, head.last_seq + 1);
      if (row === undefined) return { row: message };
      const deed = { type: 'reaction.removed', messageId, userId, more: { emoji } } as const;
      return { row, entry: await this.entries.write(transaction, head, deed) };
    });
    return this.tell(reacted);
  }

  private async tell({ row, entry }: Reacted): Promise<Message> {
    if (entry !== undefined) this.publisher.publish(row.chat_id, entry.seq, [entry]);
    return toMessage(row, await this.senders.getOne(row.sender_id));
  }
}
