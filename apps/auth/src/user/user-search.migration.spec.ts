import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrate } from '#database/migrate.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { authDataSource } from '../auth.data-source.js';

const schema = 'auth';
const beforeIt = { ...authDataSource, migrations: authDataSource.migrations.slice(0, 1) };
let test: TestDatabase;

/** A database as the release before trigrams has prepared it. */
beforeEach(async () => {
  test = await testDatabase([beforeIt]);
  await asAdmin('DROP SCHEMA extensions CASCADE');
  await asAdmin('ALTER ROLE fechatter_auth RESET pg_trgm.word_similarity_threshold');
});
afterEach(() => test.close());

async function query(url: string, text: string): Promise<object[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<object>(text)).rows;
  } finally {
    await client.end();
  }
}

function asAdmin(text: string): Promise<object[]> {
  return query(Object.assign(new URL(test.adminUrl), { pathname: new URL(test.ownerUrl).pathname }).href, text);
}

it('makes trigrams in a database that an older release has prepared', async () => {
  await migrate(test.ownerUrl, [authDataSource]);
  const similar = `SELECT 'genreal' OPERATOR(extensions.<%) 'general' AS is_similar`;
  expect(await query(test.url(schema), similar)).toEqual([{ is_similar: true }]);
});

it('says what to do where the owner may not make them, and migrates afterwards', async () => {
  await asAdmin('ALTER DATABASE fechatter_test OWNER TO CURRENT_USER');
  await expect(migrate(test.ownerUrl, [authDataSource])).rejects.toThrow(
    /pg_trgm cannot be made \(permission denied .*\)\. Run npm run db:prepare first/,
  );
  await asAdmin('CREATE SCHEMA extensions; GRANT USAGE ON SCHEMA extensions TO PUBLIC');
  await asAdmin('CREATE EXTENSION pg_trgm SCHEMA extensions');
  expect((await migrate(test.ownerUrl, [authDataSource]))[0]).toBe('AuthNameSearch1700000000002');
});
