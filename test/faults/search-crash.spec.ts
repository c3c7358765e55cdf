import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { SearchPage } from '#contracts/search.contract.js';
import { findRunningPostgres } from '#servers/running-postgres.js';
import { eventually } from '#testing/eventually.js';
import { Person } from '../bench/person.js';
import { startSystem, type System } from '../e2e/system.js';
import { runCommand } from './command.js';
import { descendantsOf, type Process } from './processes.js';

let system: System;
let person: Person;
let admin: pg.Client;
let holder: pg.Client;
beforeAll(async () => {
  system = await startSystem({ topology: 'distributed', env: { RATE_LIMITS: 'off' } });
  person = await Person.register(system.url, 'ada');
  const connectionString = new URL('/fechatter', findRunningPostgres(`${system.dataDir}/postgres`)).href;
  [admin, holder] = [new pg.Client({ connectionString }), new pg.Client({ connectionString })];
  await Promise.all([admin.connect(), holder.connect()]);
});
afterAll(async () => {
  await Promise.all([admin.end(), holder.end()]);
  await system.stop();
});

function searchProcess(): Process | undefined {
  return descendantsOf(system.child.pid!).find(({ command }) => command.includes('apps/search/src/main.js'));
}

const found = async (query: string, by = person) =>
  (await by.call<SearchPage>('POST', '/api/search/messages', { query })).total;
const send = (content: string, by = person) => by.call('POST', '/api/messages', { chat_id: by.generalId, content });
const command = (name: string) => runCommand(['apps/cli/run.mjs', name], { FECHATTER_DATA_DIR: system.dataDir });

it('has every message once after kill -9 in the middle of indexing, twice', async () => {
  let sent = 0;
  const sendFor = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      await send(`walrus ${sent}`);
      sent++;
    }
  };
  for (const round of [1, 2]) {
    const victim = await eventually(() => searchProcess(), 'search runs');
    await Promise.all(
      Array.from({ length: 4 }, () => {
        const goal = sent + 60;
        return sendFor(() => sent >= goal);
      }),
    );
    process.kill(victim.pid, 'SIGKILL');
    // What is sent now no event tells the search service of.
    const missed = sent + 60;
    await sendFor(() => sent >= missed);
    await eventually(async () => {
      const total = await found('walrus').catch(() => undefined);
      return total === sent ? total : undefined;
    }, `search has found all again, round ${round}`);
  }
  const verified = await command('search-verify');
  expect(verified).toMatchObject({ code: 0, output: expect.stringContaining(' 0 differences') });
});

const rows = async (statement: string) => (await admin.query<Record<string, unknown>>(statement)).rows;
/** What the new generation holds, and which transactions have put it there. */
const built = () => rows('SELECT message_id, xmin::text FROM search.indexed_messages WHERE generation = 2');

it('goes on with a reindex where it was after kill -9 in the middle of it', async () => {
  const last = await Person.register(system.url, 'bob');
  for (let number = 0; number < 20; number++) {
    await send(`narwhal ${number}`);
    await send(`narwhal ${number}`, last);
  }
  await eventually(async () => (await rows('SELECT FROM search.generations WHERE completed_at IS NULL')).length === 0);
  // The build waits when it comes to the last chat.
  await holder.query(`BEGIN; INSERT INTO search.positions (generation, chat_id, seq) VALUES (2, ${last.generalId}, 0)`);
  const rebuilt = command('search-reindex');
  const waits = `SELECT FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT INTO search.positions%'`;
  await eventually(async () => (await rows(waits)).length > 0, 'the build has come to the last chat');
  const before = await built();
  expect(before.length).toBeGreaterThanOrEqual(20);

  process.kill(searchProcess()!.pid, 'SIGKILL');
  await send('narwhal meanwhile');
  await send('narwhal meanwhile', last);
  await holder.query('ROLLBACK');
  expect(await rebuilt).toMatchObject({ code: 0, output: expect.stringContaining('generation 2 answers') });
  // Nothing that was built is built again.
  expect(await built()).toEqual(expect.arrayContaining(before));
  for (const by of [person, last]) {
    await eventually(async () => (await found('narwhal', by).catch(() => undefined)) === 21, 'all are found');
  }
  const verified = await command('search-verify');
  expect(verified).toMatchObject({ code: 0, output: expect.stringContaining(' 0 differences') });
});
