import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { expectNoDrift, testDatabase, type TestDatabase } from '#testing/database.js';
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
});
