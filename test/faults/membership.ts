import { expect } from '@jest/globals';
import type { LogEntry, LogPage } from '#contracts/log.contract.js';
import type { Answer, Person } from '../e2e/client.js';

export function send(person: Person, chatId: number): Promise<Answer<{ id: number }>> {
  return person.call('POST', '/api/messages', { chat_id: chatId, content: 'hello' });
}

/** Who may write and read, at the first attempt. */
export async function expectMember(person: Person, chatId: number): Promise<void> {
  expect((await send(person, chatId)).status).toBe(201);
  expect((await person.call('GET', `/api/messages?chat_id=${chatId}`)).status).toBe(200);
}

/** Every answer is the one for a chat that does not exist. */
export async function expectStranger(person: Person, chatId: number): Promise<void> {
  expect((await send(person, chatId)).status).toBe(404);
  for (const path of [`/api/messages?chat_id=${chatId}`, `/api/chats/${chatId}/log`, `/api/chats/${chatId}/receipts`]) {
    expect([path, (await person.call('GET', path)).status]).toEqual([path, 404]);
  }
}

/** The log of a chat as a member reads it; it must be dense. */
export async function logOf(member: Person, chatId: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let more = true; more;) {
    const page = await member.ok<LogPage>('GET', `/api/chats/${chatId}/log?after=${entries.length}`);
    entries.push(...page.entries);
    more = page.has_more;
  }
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  return entries;
}

/** The types of the entries that are no messages, in their order. */
export async function changesOf(member: Person, chatId: number): Promise<string[]> {
  return (await logOf(member, chatId)).map(({ type }) => type).filter((type) => type !== 'message.created');
}
