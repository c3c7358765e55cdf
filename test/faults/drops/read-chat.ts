import type { FechatterClient } from '#client/client.js';
import { chatsApi } from '#contracts/http/chat.routes.js';
import { messagesApi } from '#contracts/http/message.routes.js';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';

/** The whole log of a chat, as a member reads it. */
export async function readLog(member: FechatterClient, chat: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let more = true; more;) {
    const query = { after: entries.at(-1)?.seq ?? 0, limit: 500 };
    const page = await member.call(chatsApi.log, { params: { id: chat }, query });
    entries.push(...page.entries);
    more = page.has_more;
  }
  return entries;
}

/** All messages of a chat, read anew. */
export async function readMessages(member: FechatterClient, chat: number): Promise<Map<number, Message>> {
  const messages = new Map<number, Message>();
  for (let after = 0, more = true; more;) {
    const page = await member.call(messagesApi.list, { query: { chat_id: chat, after_seq: after, limit: 200 } });
    for (const message of page.messages) messages.set(message.id, message);
    after = page.messages.at(-1)?.seq ?? after;
    more = page.has_more;
  }
  return messages;
}
