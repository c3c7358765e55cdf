import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Database } from '#database/database.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { messageDataSource } from '../message.data-source.js';
import { ActivityRepository } from './activity.repository.js';
import { ChatActivityEntity } from './chat-activity.entity.js';

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await testDatabase([messageDataSource]);
  database = await server.database('message');
}, 60_000);

afterAll(() => server.close());

it('forgets what is older and keeps the rest', async () => {
  const rows = database.dataSource.getRepository(ChatActivityEntity);
  const at = (minute: string) => ({ minute: new Date(minute), chatId: 1, firstSeq: 5 });
  const [older, newer] = [at('2026-01-01T10:00:00Z'), at('2026-01-01T10:01:00Z')];
  await rows.insert([older, newer]);
  await new ActivityRepository(database).forgetBefore(newer.minute);
  expect(await rows.find()).toEqual([newer]);
});
