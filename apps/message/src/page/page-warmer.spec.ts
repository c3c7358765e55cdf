import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { readConfig } from '#config/config.js';
import { userRpc } from '#contracts/user.contract.js';
import { startHouse, type House } from '#testing/app.js';
import { createChat, serveUsers } from '../chat.fixture.js';
import { messageApp } from '../message.app.js';
import { MessageConfig } from '../message.config.js';
import { messageDataSource } from '../message.data-source.js';
import { messageRpc } from '#contracts/message.contract.js';
import { asUser } from '#testing/caller.js';

let house: House;

beforeAll(async () => {
  house = await startHouse({ apps: [messageApp], dataSources: [messageDataSource] });
  serveUsers(house.bus);
});
afterAll(() => house.close());

it('has the names of who writes in popular chats before anybody asks, once auth is there', async () => {
  await createChat(house.bus, 1, [1, 2]);
  for (const user of [1, 2])
    await house.bus.call(messageRpc.send, { chat_id: 1, content: 'hello' }, { as: asUser(user) });
  const bus = new LocalBus({ freeze: true });
  const config = readConfig(MessageConfig, { DATABASE_URL: house.test.url('message') });
  const restarted = await messageApp.start({ config, bus, validateReplies: true });
  // Auth starts last.
  const asked = await new Promise<number[]>((resolve) => {
    bus.serve(
      userRpc.getMany,
      async ({ ids }) => {
        resolve(ids);
        return { users: ids.map((id) => ({ id, username: `user-${id}`, avatar_url: null })) };
      },
      { queue: 'auth' },
    );
  });
  expect([...asked].sort()).toEqual([1, 2]);
  await restarted.stop();
  await bus.close();
});
