import { beforeAll, describe, expect, it } from '@jest/globals';
import type { LogPage } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';
import type { PinPage } from '#contracts/pin.contract.js';
import { Person } from './client.js';
import { Socket } from './socket.js';

let owner: Person;
let member: Person;
beforeAll(async () => {
  [owner, member] = await Promise.all([Person.register('pinner'), Person.register('member')]);
  await owner.admit(member);
});

function send(chatId: number, content: string): Promise<Message> {
  return owner.ok<Message>('POST', '/api/messages', { chat_id: chatId, content });
}

function pins(chatId: number, query = ''): Promise<PinPage> {
  return owner.ok<PinPage>('GET', `/api/chats/${chatId}/pins${query}`);
}

describe('Pins', () => {
  it('are put and taken off by any member, listed newest first, and arrive live', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [member.id] });
    const [first, second] = [await send(id, 'first'), await send(id, 'second')];
    const socket = await Socket.connect(owner.login.token);
    expect((await member.call('PUT', `/api/messages/${first.id}/pin`)).body).toEqual({});
    await owner.ok('PUT', `/api/messages/${second.id}/pin`);
    const { pins: both } = await pins(id);
    expect(both.map(({ message, pinned_by }) => [message, pinned_by])).toEqual([
      [second, owner.id],
      [first, member.id],
    ]);
    const page = await pins(id, '?limit=1');
    expect(page).toMatchObject({ pins: both.slice(0, 1), has_more: true });
    const rest = await pins(id, `?limit=1&cursor=${encodeURIComponent(page.next_cursor ?? '')}`);
    expect(rest).toMatchObject({ pins: both.slice(1), has_more: false, next_cursor: null });

    expect((await owner.call('DELETE', `/api/messages/${first.id}/pin`)).status).toBe(200);
    expect((await owner.call('DELETE', `/api/messages/${first.id}/pin`)).status).toBe(200);
    await socket.until(() => socket.entries(id).length === 3);
    expect(socket.entries(id).map(({ type, data }) => [type, data.message_id])).toEqual([
      ['message.pinned', first.id],
      ['message.pinned', second.id],
      ['message.unpinned', first.id],
    ]);
    await owner.ok('DELETE', `/api/messages/${second.id}`);
    expect((await pins(id)).pins).toEqual([]);
    await socket.close();
  });

  it('put by twenty calls at once are one, in a dense log', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [member.id] });
    const { id: messageId, seq } = await send(id, 'everybody wants it');
    const calls = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? owner : member));
    const answers = await Promise.all(calls.map((person) => person.call('PUT', `/api/messages/${messageId}/pin`)));
    expect(answers.map(({ status }) => status)).toEqual(calls.map(() => 200));
    expect((await pins(id)).pins).toHaveLength(1);
    const { entries } = await owner.ok<LogPage>('GET', `/api/chats/${id}/log?after=${seq}`);
    expect(entries.map((entry) => [entry.seq, entry.type])).toEqual([[seq + 1, 'message.pinned']]);
  });

  it('are nothing to a removed member', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [member.id] });
    const message = await send(id, 'secret');
    await owner.ok('PUT', `/api/messages/${message.id}/pin`);
    await owner.ok('DELETE', `/api/chats/${id}/members/${member.id}`);
    expect((await member.call('GET', `/api/chats/${id}/pins`)).status).toBe(404);
    expect((await member.call('DELETE', `/api/messages/${message.id}/pin`)).status).toBe(404);
    expect((await pins(id)).pins).toHaveLength(1);
  });
});
