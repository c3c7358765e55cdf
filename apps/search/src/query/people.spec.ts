import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { chatRpc } from '#contracts/chat.contract.js';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import { pinRpc } from '#contracts/pin.contract.js';
import { reactionRpc } from '#contracts/reaction.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { startHouse, type House } from '#testing/app.js';
import { asUser } from '#testing/caller.js';
import { authApp } from '../../../auth/src/auth.app.js';
import { authDataSource } from '../../../auth/src/auth.data-source.js';
import { chatApp } from '../../../chat/src/chat.app.js';
import { chatDataSource } from '../../../chat/src/chat.data-source.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { indexed, person } from '../house.fixture.js';
import { searchApp } from '../search.app.js';
import { searchDataSource } from '../search.data-source.js';

let house: House;

beforeAll(async () => {
  house = await startHouse({
    apps: [messageApp, chatApp, authApp, searchApp],
    dataSources: [messageDataSource, chatDataSource, authDataSource, searchDataSource],
  });
}, 60_000);

afterAll(() => house.close());

async function register(username: string): Promise<number> {
  const request = { email: `${username}@example.com`, username, password: 'correct horse battery' };
  const client = { address: '127.0.0.1', user_agent: 'spec' };
  return (await house.bus.call(authRpc.register, { ...request, client }, { as: { kind: 'anyone' } })).user.id;
}

it('finds what real people said in real chats, under their names', async () => {
  const [ada, eve] = [await register('ada'), await register('eve')];
  const as = asUser(ada);
  const { workspaces } = await house.bus.call(workspaceRpc.list, {}, { as });
  const workspace_id = workspaces[0]?.id ?? 0;
  const chat = await house.bus.call(chatRpc.create, { workspace_id, name: 'engines', type: 'channel' }, { as });
  const sent = await house.bus.call(messageRpc.send, { chat_id: chat.id, content: 'Analytical & more' }, { as });
  await indexed(await house.database('message'), await house.database('search'));
  const { results } = await person(house.bus, ada).search('analytical', { workspace_id });
  expect(results).toMatchObject([
    {
      ...{ message_id: sent.id, chat_id: chat.id, chat_name: 'engines', sender: { id: ada, username: 'ada' } },
      highlight: '<mark>Analytical</mark> &amp; more',
    },
  ]);
  expect((await person(house.bus, eve).search('analytical')).results).toEqual([]);
});

it('understands who, where, what and when', async () => {
  const [bea, cy] = [await register('bea'), await register('cy')];
  const as = asUser(bea);
  const { workspaces } = await house.bus.call(workspaceRpc.list, {}, { as });
  const workspace_id = workspaces[0]?.id ?? 0;
  const chat = async (name: string) =>
    (await house.bus.call(chatRpc.create, { workspace_id, name, type: 'channel' }, { as })).id;
  const [one, two] = [await chat('garden'), await chat('garden two')];
  const send = (chat_id: number, content: string, parent_id?: number): Promise<Message> =>
    house.bus.call(messageRpc.send, { chat_id, content, parent_id }, { as });
  const root = await send(one, 'tulips at https://example.org/tulips');
  const reply = await send(one, 'tulips answer', root.id);
  const other = await send(two, 'tulips elsewhere');
  await house.bus.call(reactionRpc.add, { message_id: other.id, emoji: '🌷' }, { as });
  await house.bus.call(pinRpc.add, { message_id: reply.id }, { as });
  await indexed(await house.database('message'), await house.database('search'));
  const found = async (query: string, more = {}) =>
    (await person(house.bus, bea).search(query, { sort: 'recent', ...more })).results.map(
      ({ message_id }) => message_id,
    );

  expect(await found('tulips from:@BEA')).toEqual([other.id, reply.id, root.id]);
  expect(await found('tulips from:me in:#garden')).toEqual([reply.id, root.id]);
  expect(await found('tulips -in:garden')).toEqual([other.id]);
  expect(await found('tulips in:#"Garden Two"')).toEqual([other.id]);
  expect(await found('tulips in:#')).toEqual([]);
  expect(await found('tulips from:@cy')).toEqual([]);
  expect(await found('from:@nobody-at-all')).toEqual([]);
  expect(await found('in:#no-such-chat OR has:reaction')).toEqual([other.id]);
  expect(await found('has:link')).toEqual([root.id]);
  expect(await found('has:thread')).toEqual([root.id]);
  expect(await found('is:thread')).toEqual([reply.id]);
  expect(await found('is:pinned')).toEqual([reply.id]);
  expect(await found('has:file')).toEqual([]);
  expect(await found('tulips on:today')).toHaveLength(3);
  expect(await found('tulips before:today')).toEqual([]);
  expect(await found('tulips', { filters: { has: ['link'] } })).toEqual([root.id]);
  expect(await found('tulips', { filters: { is: ['thread', 'pinned'] } })).toEqual([reply.id]);
  expect((await person(house.bus, cy).search('tulips in:#garden')).results).toEqual([]);

  const { results } = await person(house.bus, bea).search('answer', { context: 2 });
  expect(results[0]?.context?.map(({ content }) => content)).toEqual([root.content]);
  const wrong = { code: 'VALIDATION_ERROR', details: [{ field: 'query', reason: expect.stringMatching(/^At 12: /) }] };
  await expect(found('tulips has:petals')).rejects.toMatchObject(wrong);
  await house.bus.call(reactionRpc.remove, { message_id: other.id, emoji: '🌷' }, { as });
  await house.bus.call(pinRpc.remove, { message_id: reply.id }, { as });
  await indexed(await house.database('message'), await house.database('search'));
  expect([await found('has:reaction'), await found('is:pinned')]).toEqual([[], []]);
});

it('means by `me` whoever asks, even where somebody has that name', async () => {
  const [, dot] = [await register('Me'), await register('dot')];
  const as = asUser(dot);
  const { workspaces } = await house.bus.call(workspaceRpc.list, {}, { as });
  const request = { workspace_id: workspaces[0]?.id ?? 0, name: 'mine', type: 'channel' } as const;
  const chat = await house.bus.call(chatRpc.create, request, { as });
  const sent = await house.bus.call(messageRpc.send, { chat_id: chat.id, content: 'lilies' }, { as });
  await indexed(await house.database('message'), await house.database('search'));
  for (const query of ['from:me', 'from:@Me', 'from:me OR from:dot']) {
    const { results } = await person(house.bus, dot).search(query);
    expect(results.map(({ message_id }) => message_id)).toEqual([sent.id]);
  }
});
