import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFunctions } from '#database/functions.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { dataSources } from '../../standalone/src/data-sources.js';
import { functionSql } from './sql-files.js';
import { loadStatements } from './statement-files.js';

let test: TestDatabase;

beforeAll(async () => {
  test = await testDatabase(dataSources);
}, 60_000);

afterAll(() => test.close());

it('has the functions that the migrations make beside their callers (npm run queries writes them)', async () => {
  const schemas = dataSources.map(({ schema }) => schema);
  const functions = await readFunctions(test.ownerUrl, schemas);
  const files = functionSql(functions, await loadStatements());
  expect([...files.keys()]).toContain('apps/message/src/send/flush_messages.sql');
  const differing = [...files].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  expect(differing.map(([path]) => path)).toEqual([]);
});
