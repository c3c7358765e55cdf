import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '#database/statement.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { expectNoDrift } from '#testing/drift.js';
import { chatDataSource } from './chat.data-source.js';

describe('the schema of chat', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase([chatDataSource]);
  });
  afterAll(async () => database.close());

  it('is in the database as the entities say', async () => {
    await expectNoDrift(database, chatDataSource);
  });

  it('finds the chats of a user among those of many through idx_chat_members_user_chat', async () => {
    const chat = await database.database('chat');
    await chat.query(
      sql(
        'spec.members.fill',
        `INSERT INTO chat.chat_members (chat_id, user_id, role)
         SELECT c, u, 'member' FROM generate_series(1, 100) c, generate_series(1, 100) u`,
      ),
    );
    const plan = await chat.query<{ 'QUERY PLAN': string }>(
      sql(
        'spec.members.explain',
        'EXPLAIN SELECT chat_id FROM chat.chat_members WHERE user_id = 7 AND left_at IS NULL ORDER BY chat_id LIMIT 50',
      ),
    );
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('idx_chat_members_user_chat');
  });
});
