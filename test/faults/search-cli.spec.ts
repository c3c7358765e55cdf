import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '#testing/eventually.js';
import { findRunningPostgres } from '#servers/running-postgres.js';
import type { SearchPage } from '#contracts/search.contract.js';
import { Person } from '../bench/person.js';
import { startSystem, type System } from '../e2e/system.js';
import { runCommand } from './command.js';

let system: System;
let admin: pg.Client;
let person: Person;
beforeAll(async () => {
  system = await startSystem({ topology: 'standalone', env: { RATE_LIMITS: 'off' } });
  const url = findRunningPostgres(`${system.dataDir}/postgres`);
  admin = new pg.Client({ connectionString: new URL('/fechatter', url).href });
  await admin.connect();
  person = await Person.register(system.url, 'ada');
});
afterAll(async () => {
  await admin.end();
  await system.stop();
});

const send = (content: string) => person.call('POST', '/api/messages', { chat_id: person.generalId, content });
const found = async () => (await person.call<SearchPage>('POST', '/api/search/messages', { query: 'walrus' })).total;
const command = (name: string) => runCommand(['apps/cli/run.mjs', name], { FECHATTER_DATA_DIR: system.dataDir });

it('finds what is wrong with the index, and builds it anew while it answers', async () => {
  for (let number = 0; number < 20; number++) await send(`walrus ${number}`);
  expect(await command('search-verify')).toMatchObject({ code: 0, output: expect.stringContaining('0 differences') });
  await admin.query(`DELETE FROM search.indexed_messages WHERE content IN ('walrus 3', 'walrus 4')`);
  await admin.query(`UPDATE search.indexed_messages SET content = 'seal' WHERE content = 'walrus 5'`);
  await admin.query(`UPDATE search.indexed_messages SET reactions = 1 WHERE content = 'walrus 6'`);
  await admin.query(`UPDATE search.indexed_messages SET is_pinned = true WHERE content = 'walrus 7'`);
  const broken = await command('search-verify');
  expect(broken).toMatchObject({ code: 1, output: expect.stringContaining('2 missing, 0 too many, 3 different') });

  const rebuilt = command('search-reindex');
  let isDone = false;
  void rebuilt.finally(() => (isDone = true));
  const totals: number[] = [];
  for (let number = 20; !isDone; number++) {
    await send(`whale ${number}`);
    totals.push(await found());
  }
  expect(await rebuilt).toMatchObject({ code: 0, output: expect.stringContaining('generation 2 answers') });
  expect(Math.min(...totals)).toBe(18);
  expect(await found()).toBe(20);
  expect(await command('search-verify')).toMatchObject({ code: 0, output: expect.stringContaining('0 differences') });
  const generations = async () =>
    (await admin.query<{ generation: number }>('SELECT DISTINCT generation FROM search.indexed_messages')).rows;
  await eventually(async () => (await generations()).length === 1, 'the index before is removed');
  expect(await generations()).toEqual([{ generation: 2 }]);
});
