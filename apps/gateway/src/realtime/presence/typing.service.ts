import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Bus, userOf, type CallContext } from '#bus/bus.js';
import { notFound } from '#contracts/error.js';
import { messageRpc } from '#contracts/message.contract.js';
import { presenceEvent } from '#contracts/presence.contract.js';

/** Saying it again within this time says nothing new: whoever types counts as typing for longer. */
const pauseMs = 2_000;

/** Tells the members of a chat, on every gateway, that somebody types. */
@Injectable()
export class TypingService {
  private readonly said = new LRUCache<string, true>({ max: 20_000, ttl: pauseMs });

  constructor(private readonly bus: Bus) {}

  /** For the user who calls. Throws NOT_FOUND for a chat that the user may not read. */
  async start(chatId: number, within: CallContext): Promise<void> {
    const { chat_ids } = await this.bus.call(messageRpc.readableChats, { chat_ids: [chatId] }, { within });
    if (!chat_ids.includes(chatId)) throw notFound('chat');
    this.announce(userOf(within).user_id, chatId);
  }

  /** For a user who is known to be a member. */
  announce(userId: number, chatId: number): void {
    const key = `${chatId}:${userId}`;
    if (this.said.has(key)) return;
    this.said.set(key, true);
    this.bus.publish(presenceEvent.typing, { chat_id: chatId }, { chat_id: chatId, user_id: userId, typing: true });
  }

  /** The user has sent something: the next sign of typing is new. */
  stop(userId: number, chatId: number): void {
    this.said.delete(`${chatId}:${userId}`);
  }
}
