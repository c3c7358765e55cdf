import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Message, MessagePage, SentBatch } from '#contracts/message.contract.js';
import { upTo } from '#testing/range.js';
import { nobody } from '../contract/sample.js';
import { Person, type Answer } from './client.js';

let person: Person;
beforeAll(async () => {
  person = await Person.register('batcher');
});

function send(messages: object[], by = person): Promise<Answer<SentBatch>> {
  return by.call('POST', '/api/messages/batch', { messages });
}

async function list(chatId: number): Promise<Message[]> {
  return (await person.ok<MessagePage>('GET', `/api/messages?chat_id=${chatId}&after_seq=0&limit=200`)).messages;
}

describe('A batch of messages', () => {
  it('is stored in the order given, in several chats, and answered in full', async () => {
    const [one, two] = [await person.createChannel(), await person.createChannel()];
    const parent = await person.ok<Message>('POST', '/api/messages', { chat_id: one.id, content: 'begin' });
    const { status, body } = await send([
      { chat_id: one.id, content: 'a', parent_id: parent.id },
      { chat_id: two.id, content: `b for @${person.login.user.username}` },
      { chat_id: one.id, content: 'c', parent_id: parent.id, idempotency_key: 'c' },
    ]);
    expect(status).toBe(201);
    expect(body.messages.map(({ content }) => content[0])).toEqual(['a', 'b', 'c']);
    expect(body.messages[1]).toMatchObject({ mentions: [person.id], sender: { id: person.id } });
    expect(await list(one.id)).toEqual([
      expect.objectContaining({ reply_count: 2 }),
      body.messages[0],
      body.messages[2],
    ]);
    expect(await list(two.id)).toEqual([body.messages[1]]);
  });

  it('of 500, repeated by its keys, is there once', async () => {
    const { id } = await person.createChannel();
    const batch = upTo(500).map((n) => ({ chat_id: id, content: `message ${n}`, idempotency_key: `${n}` }));
    const [first, again] = await Promise.all([send(batch), send(batch)]);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.messages.map((message) => message.id)).toEqual(first.body.messages.map((message) => message.id));
    const { chats } = await person.ok<{ chats: { id: number; last_seq: number }[] }>('GET', '/api/chats?limit=100');
    expect(chats.find((chat) => chat.id === id)?.last_seq).toBe(501);
  });

  it('as long as a body may be comes back whole', async () => {
    const { id } = await person.createChannel();
    const batch = upTo(31).map((n) => ({ chat_id: id, content: `${n} ${'x'.repeat(16_380)}` }));
    const long = await send(batch);
    expect(long.status).toBe(201);
    expect(long.body.messages.map(({ content }) => content)).toEqual(batch.map(({ content }) => content));
    const narrow = upTo(500).map((n) => ({ chat_id: id, content: `${n} ${'\u0001'.repeat(155)}` }));
    const answer = await send(narrow);
    expect(answer.status).toBe(201);
    expect(answer.body.messages.map(({ content }) => content)).toEqual(narrow.map(({ content }) => content));
  });

  it('with one message that cannot be sent stores nothing and names it', async () => {
    const { id } = await person.createChannel();
    const owner = await Person.register('owner');
    const hidden = await owner.createChannel();
    const archived = await person.createChannel();
    await person.ok('PUT', `/api/chats/${archived.id}`, { is_archived: true });
    const elsewhere = await person.ok<Message>('POST', '/api/messages', { chat_id: person.generalId, content: 'x' });
    const taken = { chat_id: id, content: 'taken', idempotency_key: randomUUID() };
    await person.ok('POST', '/api/messages', taken);
    const good = { chat_id: id, content: 'good' };
    const cases: [bad: object, status: number, field: string][] = [
      [{ chat_id: hidden.id, content: 'x' }, 404, 'messages.1.chat_id'],
      [{ chat_id: nobody, content: 'x' }, 404, 'messages.1.chat_id'],
      [{ chat_id: archived.id, content: 'x' }, 403, 'messages.1.chat_id'],
      [{ ...taken, content: 'another' }, 409, 'messages.1.idempotency_key'],
      [{ ...good, parent_id: elsewhere.id }, 404, 'messages.1.parent_id'],
      [{ ...good, content: '' }, 422, 'messages.1.content'],
      [{ ...good, content: 'x'.repeat(16_385) }, 422, 'messages.1.content'],
      [{ ...good, content: 'half \ud800' }, 422, 'messages.1.content'],
      [{ content: 'x' }, 422, 'messages.1.chat_id'],
    ];
    for (const [bad, status, field] of cases) {
      const answer = await send([good, bad, good]);
      expect({ field, ...answer }).toMatchObject({ field, status, body: { error: { details: [{ field }] } } });
    }
    expect((await list(id)).map(({ content }) => content)).toEqual(['taken']);
  });

  it('of none or over 500, or over 512 KiB, is refused', async () => {
    const { id } = await person.createChannel();
    expect((await send([])).status).toBe(422);
    expect((await send(upTo(501).map(() => ({ chat_id: id, content: 'x' })))).status).toBe(422);
    const tooLong = await send(upTo(33).map(() => ({ chat_id: id, content: 'x'.repeat(16_000) })));
    expect(tooLong).toMatchObject({ status: 413, body: { error: { code: 'PAYLOAD_TOO_LARGE' } } });
    const single = await person.call('POST', '/api/messages', { chat_id: id, content: 'x', more: 'x'.repeat(300_000) });
    expect(single.status).toBe(413);
    expect(await list(id)).toEqual([]);
  });
});
