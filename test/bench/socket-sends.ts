import { messageText } from '../load/message-text.js';
import type { Person } from './person.js';

/** A message as the log of the chat has it, which is what its frame says. It is sent for this. */
export async function sampleFrame(sender: Person, chatId: number): Promise<string> {
  const body = { chat_id: chatId, content: messageText(1) };
  const { seq } = await sender.call<{ seq: number }>('POST', '/api/messages', body);
  const path = `/api/chats/${chatId}/log?after=${seq - 1}&limit=1`;
  return JSON.stringify((await sender.call<{ entries: object[] }>('GET', path)).entries[0]);
}

/** Messages as the clients of a chat send them over their sockets, and their bare contents. */
export function socketSends(chatId: number): { texts: string[]; contents: string[] } {
  const contents = Array.from({ length: 1_000 }, (_, number) => messageText(number));
  const texts = contents.map((content, ref) => JSON.stringify({ type: 'send', ref, chat_id: chatId, content }));
  return { texts, contents };
}
