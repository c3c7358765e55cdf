import { Inject, Injectable } from '@nestjs/common';
import { FechatterError, invalid, notFound } from '#contracts/error.js';
import type { RequestOf } from '#contracts/contract.js';
import type { Message, messageRpc } from '#contracts/message.contract.js';
import type { User } from '#contracts/user.contract.js';
import { MentionService } from '../mention/mention.service.js';
import { senderOf, SenderService } from '../sender/sender.service.js';
import { SendQueue } from './send.queue.js';

/** Sends messages. The flush itself checks access, in the transaction that stores. */
@Injectable()
export class SendService {
  constructor(
    @Inject(SendQueue) private readonly queue: SendQueue,
    @Inject(SenderService) private readonly senders: SenderService,
    @Inject(MentionService) private readonly mentions: MentionService,
  ) {}

  /**
   * The stored message; of a repeated key the one that the first call stored. NOT_FOUND for who is no present member,
   * FORBIDDEN in an archived chat, CONFLICT for another text under a used key, UNAVAILABLE when it should be repeated.
   * A parent that is not in the chat is NOT_FOUND, one that is a reply VALIDATION_ERROR, a deleted one CONFLICT.
   */
  async send(userId: number, request: RequestOf<typeof messageRpc.send>, deadline: number): Promise<Message> {
    const { chat_id: chatId, content, idempotency_key: key = null, parent_id: parentId = null } = request;
    const [sender, mentions] = await Promise.all([this.senderOf(userId), this.mentions.find(content)]);
    const sent = await this.queue.send({ chatId, sender, content, parentId, key, mentions, deadline });
    switch (sent.outcome) {
      case 'stored':
      case 'replayed':
        return sent.message;
      case 'conflict':
        throw new FechatterError('CONFLICT', 'Another message was sent under this idempotency key. Use a new key.');
      case 'not_found':
        throw notFound('chat');
      case 'archived':
        throw new FechatterError('FORBIDDEN', 'The chat is archived: nothing can be sent into it.');
      case 'no_parent':
        throw notFound('parent message');
      case 'parent_is_reply':
        throw invalid('parent_id', 'Names a reply; reply to the message that began the thread');
      case 'parent_deleted':
        throw new FechatterError('CONFLICT', 'The message to reply to was deleted.');
    }
  }

  /** A name that auth cannot tell at the moment is no reason to refuse the message. */
  private async senderOf(userId: number): Promise<User> {
    const users = await this.senders.get([userId]).catch(() => this.senders.getKnown([userId]));
    return senderOf(users, userId);
  }
}
