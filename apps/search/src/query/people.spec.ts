import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { chatRpc } from '#contracts/chat.contract.js';
import { messageRpc } from '#contracts/message.contract.js';
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
