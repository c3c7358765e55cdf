import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { FechatterClient, type ClientOptions } from '#client/client.js';
import { chatsApi } from '#contracts/http/chat.routes.js';
import { messagesApi } from '#contracts/http/message.routes.js';
import { usersApi } from '#contracts/http/user.routes.js';
import type { LogEntry } from '#contracts/log.contract.js';
import { Person, serverUrl, socketUrl } from './client.js';
import { eventually } from './eventually.js';
import { Network } from './network.js';

let owner: Person;
let other: Person;
beforeAll(async () => {
  [owner, other] = await Promise.all([Person.register('owner'), Person.register('other')]);
  await owner.admit(other);
});

const running: FechatterClient[] = [];
afterEach(() => {
  for (const client of running.splice(0)) client.stop();
});

/** Signed in; calls go to one gateway, connections to another where there are two. */
async function clientOf(person: Person, options: Partial<ClientOptions> = {}): Promise<FechatterClient> {
  const gateways = (use: 'call' | 'connection') => (use === 'call' ? serverUrl : socketUrl);
  const client = new FechatterClient({ gateways, WebSocket, ...options });
  running.push(client);
  await client.login({ email: person.login.user.email, password: person.password });
  return client;
}

/** Connected. */
async function started(person: Person, options: Partial<ClientOptions> = {}) {
  const client = await clientOf(person, options);
  const entries: LogEntry[] = [];
  client.on('entry', (entry) => entries.push(entry));
  client.start();
  await eventually(() => client.counters.connections > 0);
  return { client, entries, of: (chatId: number) => entries.filter(({ chat_id }) => chat_id === chatId) };
}

describe('A client', () => {
  it('calls operations by their contracts and gets their errors as the same class', async () => {
    const client = await clientOf(owner);
    expect(await client.call(usersApi.me)).toMatchObject({ id: owner.id });
    const chat = await client.call(chatsApi.get, { params: { id: owner.generalId } });
    expect(chat.name).toBe('general');
    await client.send({ chat_id: chat.id, content: 'one' });
    const page = await client.call(messagesApi.list, { query: { chat_id: chat.id, limit: 1 } });
    expect(page.messages.map(({ content }) => content)).toEqual(['one']);
    await expect(client.call(chatsApi.get, { params: { id: 999_999_999 } })).rejects.toMatchObject({
      name: 'FechatterError',
      code: 'NOT_FOUND',
    });
  });

  it.each(['websocket', 'sse'] as const)('receives what happens over %s, in order and once', async (transport) => {
    const { id } = await owner.createChannel(undefined, { member_ids: [other.id] });
    const { of } = await started(other, { transport });
    const sender = await clientOf(owner);
    await Promise.all(Array.from({ length: 30 }, (_, index) => sender.send({ chat_id: id, content: `n ${index}` })));
    await eventually(() => of(id).length === 30);
    expect(of(id).map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, index) => index + 2));
  });

  it('sends everything once and in order although connections are cut and answers lost', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [other.id] });
    const network = new Network();
    const { client, of } = await started(owner, { WebSocket: network.WebSocket, fetch: network.fetch });
    const contents = Array.from({ length: 40 }, (_, index) => `n ${index}`);
    const sent = contents.map((content) => client.send({ chat_id: id, content }));
    for (const [index, message] of sent.entries()) {
      await message;
      if (index % 8 === 3) network.loseAnswers(1);
      if (index % 8 === 6) {
        network.cut();
        client.wake();
      }
    }
    const messages = await Promise.all(sent);
    expect(messages.map(({ content }) => content)).toEqual(contents);
    await eventually(() => of(id).length === 40);
    expect(of(id).map(({ seq }) => seq)).toEqual(messages.map(({ seq }) => seq));
    expect(client.unsent).toEqual([]);
  });
});
