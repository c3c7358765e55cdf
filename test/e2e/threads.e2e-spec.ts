import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Message, MessagePage } from '#contracts/message.contract.js';
import { eventually } from '#testing/eventually.js';
import { Person } from './client.js';
import { Socket } from './socket.js';

let person: Person;
beforeAll(async () => {
  person = await Person.register('threader');
});

function send(chatId: number, content: string, more: object = {}) {
  return person.call<Message>('POST', '/api/messages', { chat_id: chatId, content, ...more });
}

function get(id: number): Promise<Message> {
  return person.ok<Message>('GET', `/api/messages/${id}`);
}

describe('A thread', () => {
  it('is read in pages, and its parent counts its replies', async () => {
    const { id } = await person.createChannel();
    const parent = (await send(id, 'begin')).body;
    const replies = await Promise.all(
      Array.from({ length: 9 }, (_, index) => send(id, `reply ${index}`, { parent_id: parent.id })),
    );
    await send(id, 'no reply');
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 201));
    const inOrder = replies.map(({ body }) => body).sort((a, b) => a.seq - b.seq);
    expect(await get(parent.id)).toMatchObject({ reply_count: 9, version: inOrder[8]?.seq });

    const path = `/api/messages/${parent.id}/thread`;
    const first = await person.ok<MessagePage>('GET', `${path}?limit=5`);
    expect(first.messages).toEqual(inOrder.slice(4).reverse());
    const cursor = encodeURIComponent(first.next_cursor ?? '');
    const second = await person.ok<MessagePage>('GET', `${path}?limit=5&cursor=${cursor}`);
    expect(second.messages).toEqual(inOrder.slice(0, 4).reverse());
    expect(second).toMatchObject({ has_more: false, next_cursor: null });
    const forward = await person.ok<MessagePage>('GET', `${path}?after_seq=${inOrder[6]?.seq}`);
    expect(forward.messages).toEqual(inOrder.slice(7));

    await person.ok('DELETE', `/api/messages/${inOrder[0]?.id}`);
    await person.ok('DELETE', `/api/messages/${parent.id}`);
    expect(await get(parent.id)).toMatchObject({ reply_count: 8, content: '' });
    expect((await person.ok<MessagePage>('GET', path)).messages).toHaveLength(9);
  });

  it('is one level deep, stays in its chat, and does not grow under a deleted message', async () => {
    const [one, two] = [await person.createChannel(), await person.createChannel()];
    const parent = (await send(one.id, 'begin')).body;
    const reply = (await send(one.id, 'reply', { parent_id: parent.id })).body;
    const nested = await send(one.id, 'nested', { parent_id: reply.id });
    expect(nested).toMatchObject({ status: 422, body: { error: { details: [{ field: 'parent_id' }] } } });
    expect((await send(two.id, 'elsewhere', { parent_id: parent.id })).status).toBe(404);
    await person.ok('DELETE', `/api/messages/${parent.id}`);
    expect((await send(one.id, 'late', { parent_id: parent.id })).status).toBe(409);
  });

  it('grows from a live connection too, and tells the others live', async () => {
    const { id } = await person.createChannel();
    const parent = (await send(id, 'begin')).body;
    const socket = await Socket.connect(person.login.token);
    socket.send({ type: 'send', ref: 'a', chat_id: id, content: 'live', parent_id: parent.id, idempotency_key: 'k' });
    const entry = await socket.next(({ type, chat_id }) => type === 'message.created' && chat_id === id);
    const { message } = entry.data as { message: Message };
    expect(message).toMatchObject({ content: 'live', parent_id: parent.id, reply_count: 0 });
    const again = await send(id, 'live', { parent_id: parent.id, idempotency_key: 'k' });
    expect(again.body).toEqual(message);
    expect((await send(id, 'live', { idempotency_key: 'k' })).status).toBe(409);
    expect((await get(parent.id)).reply_count).toBe(1);
    await socket.close();
  });

  it('is found by search, as every message is', async () => {
    const { id } = await person.createChannel();
    const word = `w${randomUUID().slice(0, 8)}`;
    const parent = (await send(id, 'begin')).body;
    const reply = (await send(id, word, { parent_id: parent.id })).body;
    const query = `q=${word}&workspace_id=${person.workspaceId}`;
    const found = await eventually(async () => {
      const { results } = await person.ok<{ results: { message_id: number }[] }>(
        'GET',
        `/api/search/messages?${query}`,
      );
      return results.length > 0 && results.map(({ message_id }) => message_id);
    });
    expect(found).toEqual([reply.id]);
  });
});
