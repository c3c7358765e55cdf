import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { messageDataSource } from '../message.data-source.js';
import { ActivityRepository } from './activity.repository.js';

const insert = sql(
  'spec.insert_activity',
  `INSERT INTO message.chat_activity (minute, chat_id, first_seq) VALUES ($1, 1, 5), ($2, 1, 5)`,
);
const minutes = sql('spec.activity_minutes', 'SELECT minute FROM message.chat_activity');

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await testDatabase([messageDataSource]);
  database = await server.database('message');
}, 60_000);

afterAll(() => server.close());

it('forgets what is older and keeps the rest', async () => {
  const [older, newer] = [new Date('2026-01-01T10:00:00Z'), new Date('2026-01-01T10:01:00Z')];
  await database.query(insert, [older, newer]);
  await new ActivityRepository(database).forgetBefore(newer);
  expect(await database.query(minutes)).toEqual([{ minute: newer }]);
});
