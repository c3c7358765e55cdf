import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '#database/statement.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { expectNoDrift } from '#testing/drift.js';
import { authDataSource } from './auth.data-source.js';

describe('the schema of auth', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase([authDataSource]);
  });
  afterAll(async () => database.close());

  it('is in the database as the entities say', async () => {
    await expectNoDrift(database, authDataSource);
  });

  it('finds users by address through idx_users_email_lower', async () => {
    const auth = await database.database('auth');
    await auth.query(
      sql(
        'spec.users.fill',
        `INSERT INTO auth.users (email, username) SELECT 'u' || n || '@example.com', 'u' || n FROM generate_series(1, 5000) n`,
      ),
    );
    const explain = `EXPLAIN SELECT id FROM auth.users WHERE LOWER(email) = LOWER('U77@example.com')`;
    const plan = await auth.query<{ 'QUERY PLAN': string }>(sql('spec.users.explain', explain));
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('idx_users_email_lower');
  });
});
