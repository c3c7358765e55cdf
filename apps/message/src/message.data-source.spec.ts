import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from '#database/statement.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { expectNoDrift } from '#testing/drift.js';
import { messageDataSource } from './message.data-source.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase([messageDataSource]);
}, 60_000);

afterAll(() => database.close());

it('has entities that say what the migrations make', async () => {
  await expectNoDrift(database, messageDataSource);
});

it('begins with an epoch of its own', async () => {
  const own = await database.database('message');
  const rows = await own.query<{ epoch: number }>(sql('spec.epoch', 'SELECT epoch FROM message.log_epoch'));
  expect(rows).toHaveLength(1);
  expect(rows[0]?.epoch).toBeGreaterThan(1_700_000_000);
});
