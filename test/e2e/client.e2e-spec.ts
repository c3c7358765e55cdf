import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FechatterClient } from '#client/client.js';
import { chatsApi } from '#contracts/http/chat.routes.js';
import { messagesApi } from '#contracts/http/message.routes.js';
import { usersApi } from '#contracts/http/user.routes.js';
import { Person, serverUrl, socketUrl } from './client.js';
import { clientOf, started, stopClients } from './clients.js';
import { eventually } from '#testing/eventually.js';
import { Network } from './network.js';

let owner: Person;
let other: Person;
beforeAll(async () => {
  [owner, other] = await Promise.all([Person.register('owner'), Person.register('other')]);
  await owner.admit(other);
});
afterEach(stopClients);

async function newChat(): Promise<number> {
  return (await owner.createChannel(undefined, { member_ids: [other.id] })).id;
}

/** What the server has of a chat, the first message first. */
async function stored(client: FechatterClient, chatId: number): Promise<string[]> {
  const { messages } = await client.call(messagesApi.list, { query: { chat_id: chatId, limit: 200 } });
  return messages.map(({ content }) => content).reverse();
}

function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `n ${from + index}`);
}

describe('A client', () => {
  it('calls operations by their contracts and gets their errors as the same class', async () => {
    const client = await clientOf(owner);
    expect(await client.call(usersApi.me)).toMatchObject({ id: owner.id });
    const chat = await client.call(chatsApi.get, { params: { id: owner.generalId } });
    expect(chat.name).toBe('general');
    await client.send({ chat_id: chat.id, content: 'one' });
    expect(await stored(client, chat.id)).toEqual(['one']);
    await expect(client.call(chatsApi.get, { params: { id: 999_999_999 } })).rejects.toMatchObject({
      name: 'FechatterError',
      code: 'NOT_FOUND',
    });
    await expect(client.send({ chat_id: chat.id, content: '' })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ field: 'content' }],
    });
  });

  it.each([{ transport: 'websocket' }, { transport: 'websocket', tickets: true }, { transport: 'sse' }] as const)(
    'receives what happens, in order and once: %j',
    async (options) => {
      const chatId = await newChat();
      const { seqs } = await started(other, options);
      const { client: sender } = await started(owner);
      await Promise.all(numbered(30).map((content) => sender.send({ chat_id: chatId, content })));
      await eventually(() => seqs(chatId).length === 30);
      expect(seqs(chatId)).toEqual(Array.from({ length: 30 }, (_, index) => index + 2));
    },
  );

  it.each(['websocket', 'sse'] as const)('goes on where it was after a while away: %s', async (transport) => {
    const chatId = await newChat();
    const { client, seqs } = await started(other, { transport });
    const sender = await clientOf(owner);
    await sender.send({ chat_id: chatId, content: 'before' });
    await eventually(() => seqs(chatId).length === 1);
    client.stop();
    await sender.send({ chat_id: chatId, content: 'meanwhile' });
    const meanwhile = await newChat();
    await sender.send({ chat_id: meanwhile, content: 'in a new chat' });
    client.start();
    await eventually(() => seqs(chatId).length === 2 && seqs(meanwhile).length === 2);
    await sender.send({ chat_id: chatId, content: 'after' });
    await eventually(() => seqs(chatId).length === 3);
    expect([seqs(chatId), seqs(meanwhile)]).toEqual([
      [2, 3, 4],
      [1, 2],
    ]);
  });

  it('reads the log where it has missed more than is sent again', async () => {
    const chatId = await newChat();
    const { client, seqs } = await started(other);
    client.stop();
    const sender = await clientOf(owner);
    const messages = numbered(260).map((content) => ({ chat_id: chatId, content }));
    await sender.call(messagesApi.sendBatch, { body: { messages } });
    client.start();
    await eventually(() => seqs(chatId).length === 260);
    expect(seqs(chatId)).toEqual(Array.from({ length: 260 }, (_, index) => index + 2));
    expect(client.counters.gaps).toBeGreaterThan(0);
    expect(client.counters.fetched).toBeGreaterThan(0);
  });

  it('hears who types, who comes and goes, and what was read elsewhere', async () => {
    const [{ client: one }, { client: two }, { client: again }] = await Promise.all([
      started(owner),
      started(other),
      started(other),
    ]);
    const heard: unknown[][] = [];
    one.on('typing.start', ({ chat_id, user_id }) => heard.push(['types', chat_id, user_id]));
    one.on('presence.update', ({ user_id, status }) => heard.push(['is', user_id, status]));
    again.on('receipt.updated', ({ chat_id, read_seq }) => heard.push(['read', chat_id, read_seq]));
    one.watchPresence([other.id]);
    two.setStatus('away');
    again.setStatus('away');
    two.typing(owner.generalId);
    const { seq } = await one.send({ chat_id: owner.generalId, content: 'to be read' });
    await two.call(chatsApi.read, { params: { id: owner.generalId }, body: { seq } });
    const has = (event: unknown[]) => heard.some((known) => JSON.stringify(known) === JSON.stringify(event));
    await eventually(() => has(['types', owner.generalId, other.id]) && has(['is', other.id, 'away']));
    await eventually(() => has(['read', owner.generalId, seq]));
    two.stop();
    again.stop();
    await eventually(() => heard.findLast(([what]) => what === 'is')?.[2] === 'offline');
  });

  it('knows who is there when it comes after them, and who has gone while it was away', async () => {
    const [listener, peer] = await Promise.all([Person.register('listener'), Person.register('peer')]);
    await listener.admit(peer);
    const { client } = await started(peer);
    const isSaid = (status: string) => async () => {
      const path = `/api/users?workspace_id=${listener.workspaceId}`;
      const { users } = await listener.ok<{ users: { id: number; status: string }[] }>('GET', path);
      return users.some((user) => user.id === peer.id && user.status === status);
    };
    await eventually(isSaid('online'));
    const later = await clientOf(listener);
    const heard: string[] = [];
    later.on('presence.update', ({ user_id, status }) => void (user_id === peer.id && heard.push(status)));
    later.start();
    await eventually(() => heard.at(-1) === 'online');
    later.stop();
    client.stop();
    await eventually(isSaid('offline'));
    later.start();
    await eventually(() => heard.at(-1) === 'offline');
  });
});

describe('What a client sends', () => {
  it('is stored once and in order although connections are cut, answers lost and gateways changed', async () => {
    const chatId = await newChat();
    const network = new Network();
    const gateways = [serverUrl, socketUrl];
    const { client, seqs } = await started(owner, { ...network, gateways, random: () => 0.01 });
    const contents = numbered(60);
    const sent = contents.map((content) => client.send({ chat_id: chatId, content }));
    for (const [index, message] of sent.entries()) {
      await message;
      if (index % 10 === 3) network.loseAnswers(1);
      if (index % 10 === 3 || index % 10 === 7) network.cut();
    }
    const messages = await Promise.all(sent);
    await eventually(() => seqs(chatId).length === contents.length);
    expect(await stored(client, chatId)).toEqual(contents);
    expect(seqs(chatId)).toEqual(messages.map(({ seq }) => seq));
    expect(client.counters.connections).toBeGreaterThan(1);
    expect(client.unsent).toEqual([]);
  });

  it('is sent by the next client when this one ends before', async () => {
    const chatId = await newChat();
    const network = new Network();
    const first = await clientOf(owner, { ...network, random: () => 0.01 });
    const contents = numbered(3);
    // The first one is stored, and nobody knows.
    network.loseAnswers(Infinity);
    for (const content of contents) void first.send({ chat_id: chatId, content });
    await eventually(() => network.lost > 0);
    network.down();
    first.stop();
    expect(first.unsent).toHaveLength(3);

    const { client, sent } = await started(owner, { storage: first.storage });
    await eventually(() => sent.length === 3);
    expect(sent).toEqual(contents);
    expect(await stored(client, chatId)).toEqual(contents);
    expect(first.storage.length).toBe(1);
  });
});
