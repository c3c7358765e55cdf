import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { readConfig } from '#config/config.js';
import { messageRpc } from '#contracts/message.contract.js';
import { userRpc } from '#contracts/user.contract.js';
import type { Database } from '#database/database.js';
import { Logger } from '#telemetry/logger.js';
import { startHouse, type House } from '#testing/app.js';
import { asUser } from '#testing/caller.js';
import { eventually } from '#testing/eventually.js';
import { createChat, serveUsers } from '../chat.fixture.js';
import { messageApp } from '../message.app.js';
import { MessageConfig } from '../message.config.js';
import { messageDataSource } from '../message.data-source.js';
import { ActivityRepository } from '../writer/activity.repository.js';
import type { LatestPages } from './latest-pages.js';
import { PageWarmer } from './page-warmer.js';

let house: House;

beforeAll(async () => {
  house = await startHouse({ apps: [messageApp], dataSources: [messageDataSource] });
  serveUsers(house.bus);
});
afterEach(() => void jest.restoreAllMocks());
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

it.each([true, false])('says why it ends early, save when the process is stopping (%s)', async (stopping) => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const activity = new ActivityRepository({} as Database);
  let fail!: (error: Error) => void;
  jest.spyOn(activity, 'popularChats').mockReturnValue(new Promise((_, reject) => (fail = reject)));
  const warmer = new PageWarmer(activity, {} as LatestPages);
  warmer.onApplicationBootstrap();
  const stopped = stopping ? warmer.beforeApplicationShutdown() : Promise.resolve();
  fail(new Error('no connection'));
  await stopped;
  await new Promise(setImmediate);
  const warnings = warn.mock.calls.map(([, fields]) => fields);
  expect(warnings).toEqual(stopping ? [] : [{ reason: 'Error: no connection' }]);
});

it('has ten seconds for all of its rounds together, and says what it has not reached', async () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  let passed = 0;
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + passed);
  const activity = new ActivityRepository({} as Database);
  jest.spyOn(activity, 'popularChats').mockResolvedValue([1, 2, 3]);
  const prepared: number[] = [];
  const prepare = async (chatId: number) => {
    prepared.push(chatId);
    if (chatId === 3) passed += 6_000;
    throw new Error('no names');
  };
  const warmer = new PageWarmer(activity, { prepare } as unknown as LatestPages);
  warmer.onApplicationBootstrap();
  const reason = 'Error: 3 of 3 chats were not reached in 10000 ms';
  const ended = () => warn.mock.calls.some(([text]) => text === 'No more pages are prepared');
  await eventually(ended);
  expect(warn.mock.calls.at(-1)).toEqual(['No more pages are prepared', { reason }]);
  expect(prepared).toEqual([1, 2, 3, 1, 2, 3]);
});
