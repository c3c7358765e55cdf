import pg from 'pg';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { dataSources } from '../../apps/standalone/src/data-sources.js';
import { authData } from './data/auth.js';
import { chatData } from './data/chat.js';
import { messageData } from './data/message.js';
import { searchData } from './data/search.js';

/** The schemas of all services with a million messages and what belongs to them, vacuumed and analysed. */
export async function millionMessages(): Promise<TestDatabase> {
  const test = await testDatabase(dataSources);
  const client = new pg.Client({ connectionString: test.ownerUrl });
  await client.connect();
  try {
    for (const data of [messageData, chatData, authData, searchData]) await client.query(data);
    await client.query('VACUUM ANALYZE');
    return test;
  } catch (error) {
    await test.close();
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
