import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Message, MessageEdit, MessagePage } from '#contracts/message.contract.js';
import type { LogPage } from '#contracts/log.contract.js';
import { Person } from './client.js';

let person: Person;
beforeAll(async () => {
  person = await Person.register('writer');
});

function send(chatId: number, content: string, more: object = {}) {
  return person.call<Message>('POST', '/api/messages', { chat_id: chatId, content, ...more });
}

function page(query: string): Promise<MessagePage> {
  return person.ok<MessagePage>('GET', `/api/messages?${query}`);
}

describe('Sending', () => {
  it('twice with one key is once, from the body or the header', async () => {
    const { id } = await person.createChannel();
    const key = randomUUID();
    const first = await send(id, 'once', { idempotency_key: key });
    const again = await send(id, 'once', { idempotency_key: key });
    const header = await person.call(
      'POST',
      '/api/messages',
      { chat_id: id, content: 'once' },
      { 'idempotency-key': key },
    );
    expect([first.status, again.status, header.status]).toEqual([201, 201, 201]);
    expect([again.body, header.body]).toEqual([first.body, first.body]);
    expect((await send(id, 'another', { idempotency_key: key })).status).toBe(409);
    expect((await page(`chat_id=${id}`)).messages).toHaveLength(1);
  });

  it('at once from many keeps a dense order and loses nothing', async () => {
    const { id } = await person.createChannel();
    const texts = Array.from({ length: 200 }, (_, index) => `message ${index}`);
    const sent = await Promise.all(texts.map((text) => send(id, text)));
    expect(sent.every(({ status }) => status === 201)).toBe(true);
    const { messages } = await page(`chat_id=${id}&limit=200`);
    expect(messages.map(({ content }) => content).sort()).toEqual([...texts].sort());
    const seqs = messages.map(({ seq }) => seq).reverse();
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] as number) + index));
  });

  it('keeps every character as it was sent', async () => {
    const { id } = await person.createChannel();
    const texts = [
      '  spaces  ',
      'Ünïcödé – “quotes”',
      '日本語 中文 한국어',
      'مرحبا بالعالم',
      'हिन्दी',
      'ไทย',
      '👩‍👩‍👧‍👦 🇩🇪',
      'a\u0000b'.replace('\u0000', '\u0001'),
      '</script>&amp;',
      '\\u0000',
    ];
    for (const text of texts) await send(id, text);
    const { messages } = await page(`chat_id=${id}`);
    expect(messages.map(({ content }) => content).reverse()).toEqual(texts);
  });
});

describe('Editing and deleting', () => {
  it('raise the version, keep a history, and erase it with the message', async () => {
    const { id } = await person.createChannel();
    const sent = (await send(id, 'first')).body;
    const edited = await person.ok<Message>('PUT', `/api/messages/${sent.id}`, { content: 'second' });
    expect(edited).toMatchObject({ content: 'second', seq: sent.seq, version: sent.seq + 1 });
    expect(edited.edited_at).not.toBeNull();
    const history = await person.ok<{ edits: MessageEdit[] }>('GET', `/api/messages/${sent.id}/history`);
    expect(history.edits.map(({ content }) => content)).toEqual(['first']);

    await person.ok('DELETE', `/api/messages/${sent.id}`);
    const tombstone = await person.ok<Message>('GET', `/api/messages/${sent.id}`);
    expect(tombstone).toMatchObject({ content: '', version: sent.seq + 2 });
    expect(tombstone.deleted_at).not.toBeNull();
    expect((await person.ok<{ edits: unknown[] }>('GET', `/api/messages/${sent.id}/history`)).edits).toEqual([]);
    expect((await person.call('PUT', `/api/messages/${sent.id}`, { content: 'third' })).status).toBeGreaterThanOrEqual(
      400,
    );
  });

  it("is the sender's right; admins of the chat may delete", async () => {
    const other = await Person.register('reader');
    await person.admit(other);
    const { id } = await person.createChannel();
    await other.ok('POST', `/api/chats/${id}/join`);
    const theirs = await other.ok<Message>('POST', '/api/messages', { chat_id: id, content: 'mine' });
    const mine = (await send(id, 'yours')).body;
    expect((await person.call('PUT', `/api/messages/${theirs.id}`, { content: 'x' })).status).toBe(403);
    expect((await other.call('DELETE', `/api/messages/${mine.id}`)).status).toBe(403);
    expect((await person.call('DELETE', `/api/messages/${theirs.id}`)).status).toBe(200);
  });
});

describe('Listing', () => {
  it('reads a whole chat by cursor in both directions, and from any message', async () => {
    const { id } = await person.createChannel();
    const sent: Message[] = [];
    for (let index = 0; index < 25; index++) sent.push((await send(id, `number ${index}`)).body);
    const backward: Message[] = [];
    for (let cursor = ''; ;) {
      const next = await page(`chat_id=${id}&limit=7${cursor}`);
      backward.push(...next.messages);
      if (!next.has_more) break;
      cursor = `&cursor=${encodeURIComponent(next.next_cursor as string)}`;
    }
    expect(backward).toEqual([...sent].reverse());

    const middle = sent[12] as Message;
    const after = await page(`chat_id=${id}&after_id=${middle.id}&limit=5`);
    expect(after.messages).toEqual(sent.slice(13, 18));
    const before = await page(`chat_id=${id}&before_seq=${middle.seq}&limit=5`);
    expect(before.messages).toEqual(sent.slice(7, 12).reverse());
    const around = await page(`chat_id=${id}&around_id=${middle.id}&limit=5`);
    expect(around.messages.map(({ id: found }) => found)).toContain(middle.id);
  });

  it('refuses a cursor that was changed or belongs to another chat, and two positions at once', async () => {
    const one = await person.createChannel();
    const two = await person.createChannel();
    for (const { id } of [one, two]) for (let index = 0; index < 3; index++) await send(id, `n ${index}`);
    const cursor = (await page(`chat_id=${one.id}&limit=1`)).next_cursor as string;
    const changed = `${cursor.slice(0, -2)}${cursor.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const query of [
      `chat_id=${two.id}&cursor=${encodeURIComponent(cursor)}`,
      `chat_id=${one.id}&cursor=${encodeURIComponent(changed)}`,
      `chat_id=${one.id}&before_seq=1&after_seq=1`,
    ])
      expect((await person.call('GET', `/api/messages?${query}`)).status).toBe(422);
  });
});

describe('Unread counts', () => {
  it('follow sends, reads, edits and deletions of others', async () => {
    const other = await Person.register('reader');
    await person.admit(other);
    const { id } = await person.createChannel();
    await other.ok('POST', `/api/chats/${id}/join`);
    const unread = async () => {
      const { chats } = await other.ok<{ chats: { id: number; unread_count: number; mention_count: number }[] }>(
        'GET',
        '/api/chats',
      );
      const found = chats.find((chat) => chat.id === id);
      return [found?.unread_count, found?.mention_count];
    };
    expect(await unread()).toEqual([0, 0]);
    const first = (await send(id, 'one')).body;
    const second = (await send(id, `two @${other.login.user.username}`)).body;
    await send(id, 'three');
    expect(await unread()).toEqual([3, 1]);
    await person.ok('DELETE', `/api/messages/${first.id}`);
    expect(await unread()).toEqual([2, 1]);
    expect(await other.ok('POST', `/api/chats/${id}/read`, { seq: second.seq })).toMatchObject({ unread_count: 1 });
    expect(await unread()).toEqual([1, 0]);
    expect(await other.ok('POST', `/api/chats/${id}/read`, { seq: 1 })).toMatchObject({ unread_count: 1 });
    await other.ok('POST', '/api/messages', { chat_id: id, content: 'mine' });
    expect(await unread()).toEqual([0, 0]);
  });
});

describe('The log', () => {
  it('tells every change of a chat in a dense order', async () => {
    const other = await Person.register('joiner');
    await person.admit(other);
    const { id } = await person.createChannel();
    await other.ok('POST', `/api/chats/${id}/join`);
    const sent = (await send(id, 'hello')).body;
    await person.ok('PUT', `/api/messages/${sent.id}`, { content: 'hello again' });
    await person.ok('PUT', `/api/chats/${id}`, { description: 'about something' });
    await person.ok('DELETE', `/api/messages/${sent.id}`);
    await other.ok('POST', `/api/chats/${id}/leave`);
    const log = await person.ok<LogPage>('GET', `/api/chats/${id}/log`);
    expect(log.entries.map(({ seq }) => seq)).toEqual(log.entries.map((_, index) => index + 1));
    expect(log.entries.map(({ type }) => type)).toEqual([
      'chat.created',
      'member.added',
      'message.created',
      'message.updated',
      'chat.updated',
      'message.deleted',
      'member.removed',
    ]);
    expect(JSON.stringify(log)).not.toContain('hello');
  });
});
