import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { readConfig } from '#config/config.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { RunningApp } from '#service/app.js';
import { startHouse, type House } from '#testing/app.js';
import { eventually } from '#testing/eventually.js';
import { createChat, serveUsers } from '../../../message/src/chat.fixture.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { GenerationRepository } from '../engine/generation.repository.js';
import { person } from '../house.fixture.js';
import { searchApp } from '../search.app.js';
import { searchDataSource } from '../search.data-source.js';

const indexed = sql(
  'spec.indexed',
  `SELECT content FROM search.indexed_messages WHERE generation = $1 ORDER BY message_id`,
);
const before = ['of chat 1', 'of chat 2', 'of chat 3'];

let house: House;
let search: Database;
let owner: pg.Client;
let admin: pg.Client;
let running: RunningApp[];
let held: pg.Client[];
beforeEach(async () => {
  house = await startHouse({ apps: [messageApp], dataSources: [messageDataSource, searchDataSource] });
  serveUsers(house.bus);
  search = await house.database('search');
  owner = new pg.Client({ connectionString: house.test.ownerUrl });
  await owner.connect();
  admin = new pg.Client({ connectionString: house.test.adminUrl });
  await admin.connect();
  [running, held] = [[], []];
});
afterEach(async () => {
  for (const client of held) await client.end();
  for (const app of running) await app.stop();
  await Promise.all([owner.end(), admin.end()]);
  await house.close();
});

async function startSearch(): Promise<RunningApp> {
  const config = readConfig(searchApp.config, { DATABASE_URL: house.test.url('search') });
  const app = await searchApp.start({ config, bus: house.bus, validateReplies: true });
  running.push(app);
  return app;
}

/** No event is sent, and nothing has changed lately. */
async function unnoticed(work: () => Promise<unknown>): Promise<void> {
  const publish = jest.spyOn(house.bus, 'publish').mockImplementation(() => undefined);
  try {
    await work();
    await owner.query('DELETE FROM message.chat_activity');
  } finally {
    publish.mockRestore();
  }
}

const send = (chatId: number, content: string) => person(house.bus, 1).send(chatId, content);
const contents = async (generation: number) =>
  (await search.query<{ content: string }>(indexed, [generation])).map(({ content }) => content);
const generations = () => new GenerationRepository(search);
const isComplete = async (generation: number) =>
  (await generations().list()).some((each) => each.id === generation && each.isComplete);
const waiting = (statement: string) =>
  eventually(async () => {
    const { rowCount } = await admin.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1`,
      [`%${statement}%`],
    );
    return rowCount! > 0;
  }, `${statement} waits`);

async function sendToChats(): Promise<void> {
  for (const chatId of [1, 2, 3]) {
    await createChat(house.bus, chatId, [1]);
    await send(chatId, `of chat ${chatId}`);
  }
}

/** A complete index of three chats. */
async function startWithChats(): Promise<void> {
  await sendToChats();
  await startSearch();
  await eventually(() => isComplete(1), 'the index is complete');
}

/** Runs a statement in a transaction that lasts until the function that it answers is called. */
async function hold(statement: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: house.test.ownerUrl });
  held.push(client);
  await client.connect();
  await client.query(`BEGIN; ${statement}`);
  return async () => void (await client.query('ROLLBACK'));
}

/** Begins a reindex, which waits when it comes to this chat until it is released. */
async function holdBuildAt(chatId: number): Promise<() => Promise<void>> {
  const release = await hold(`INSERT INTO search.positions (generation, chat_id, seq) VALUES (2, ${chatId}, 0)`);
  await generations().begin();
  await waiting('INSERT INTO search.positions');
  return release;
}

it('finds what no event and no comparison with recent heads has told, and is complete only then', async () => {
  await unnoticed(sendToChats);
  // The first time it comes to chat 2, it fails.
  await owner.query(`
    CREATE SEQUENCE search.tries;
    CREATE FUNCTION search.fail_once() RETURNS trigger SECURITY DEFINER AS $$ BEGIN
      IF NEW.chat_id = 2 AND nextval('search.tries') = 1 THEN RAISE 'It fails once'; END IF;
      RETURN NEW;
    END $$ LANGUAGE plpgsql;
    CREATE TRIGGER fail_once BEFORE INSERT ON search.indexed_messages
      FOR EACH ROW EXECUTE FUNCTION search.fail_once()`);
  await startSearch();
  await eventually(() => isComplete(1), 'the index is complete');
  expect(await contents(1)).toEqual(before);
});

it('finds after a reindex what was sent while it was built', async () => {
  await startWithChats();
  const release = await holdBuildAt(2);
  await send(1, 'meanwhile');
  await send(2, 'meanwhile too');
  expect(await contents(2)).toEqual(['of chat 1']);
  await release();
  await eventually(() => isComplete(2), 'the new one answers');
  expect(await contents(2)).toEqual([...before, 'meanwhile', 'meanwhile too']);
});

it('finds what came between the end of a reindex and the switch', async () => {
  await startWithChats();
  const release = await holdBuildAt(2);
  const switchOver = await hold('LOCK TABLE search.generations IN SHARE MODE');
  await release();
  await waiting('UPDATE search.generations SET completed_at');
  await unnoticed(() => send(1, 'too late'));
  await switchOver();
  await eventually(() => isComplete(2), 'the new one answers');
  await eventually(async () => (await contents(2)).length === 4, 'it has what came last');
});

it('goes on with a reindex where it was stopped', async () => {
  await startWithChats();
  const release = await holdBuildAt(2);
  const stopped = running.pop()!.stop();
  await release();
  await stopped;
  expect((await contents(2)).length).toBeLessThan(3);
  await startSearch();
  await eventually(() => isComplete(2), 'the new one answers');
  expect(await contents(2)).toEqual(before);
});

it('removes what a process that was stopped has left of the index before', async () => {
  await startWithChats();
  await running.pop()!.stop();
  await owner.query('INSERT INTO search.generations (id, completed_at) VALUES (2, now())');
  await startSearch();
  await eventually(async () => (await contents(1)).length === 0, 'the old index is empty');
  expect((await generations().list()).map(({ id }) => id)).toEqual([2]);
});
