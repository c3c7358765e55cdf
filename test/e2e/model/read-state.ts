import { expect } from '@jest/globals';
import type { MessagePage } from '#contracts/message.contract.js';
import type { PinPage } from '#contracts/pin.contract.js';
import type { ChatState } from '#domain/chat-state.js';
import type { Person } from '../client.js';

/** All that a client has of a short chat. */
export async function readState(person: Person, chatId: number): Promise<ChatState> {
  const page = await person.ok<MessagePage>('GET', `/api/messages?chat_id=${chatId}&limit=100`);
  const { pins, as_of_seq } = await person.ok<PinPage>('GET', `/api/chats/${chatId}/pins?limit=100`);
  expect([page.has_more, as_of_seq]).toEqual([false, page.as_of_seq]);
  return {
    seq: page.as_of_seq,
    messages: new Map(page.messages.map((message) => [message.id, message])),
    pins: pins.map(({ message, pinned_by, pinned_at }) => ({ message_id: message.id, pinned_by, pinned_at })),
  };
}
