import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { dataSources } from '../../apps/standalone/src/data-sources.js';

let test: TestDatabase;
let settings: Map<string, readonly string[]>;

beforeAll(async () => {
  test = await testDatabase(dataSources);
  const client = new pg.Client({ connectionString: test.ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string; options: string[] }>(
    `SELECT relnamespace::regnamespace || '.' || relname AS name, coalesce(reloptions, '{}') AS options FROM pg_class
     WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('auth', 'chat', 'message', 'search')`,
  );
  await client.end();
  settings = new Map(rows.map(({ name, options }) => [name, options.filter((each) => each.startsWith('autovacuum_'))]));
}, 60_000);

afterAll(() => test.close());

/** A row that changes again and again, or is gone soon after it came: dead versions go early, and without pauses. */
const churning = ['autovacuum_vacuum_scale_factor=0.02', 'autovacuum_vacuum_cost_delay=0'];
/** As many rows as there are users of chats: the same, at the pace of the server. */
const changing = ['autovacuum_vacuum_scale_factor=0.02'];
/** Appended to: pages become all-visible soon, and the planner knows the newest. */
const growing = ['autovacuum_vacuum_insert_scale_factor=0.05', 'autovacuum_analyze_scale_factor=0.02'];

/** Appended to and changed: each vacuum reads through a large index, so that it is to be worth it. */
const indexed = ['autovacuum_vacuum_scale_factor=0.05', ...growing];

const expected: Readonly<Record<string, readonly string[]>> = {
  'auth.refresh_tokens': churning,
  'auth.tickets': churning,
  'chat.access_outbox': churning,
  'message.chat_heads': churning,
  'message.inbox_heads': changing,
  'message.message_changes': growing,
  'message.message_status': changing,
  'message.messages': growing,
  'search.indexed_messages': indexed,
  'search.left_words': churning,
  'search.positions': churning,
  'search.slices': churning,
  'search.words': indexed,
};

it.each(Object.entries(expected))('%s is vacuumed as it is used', (table, options) => {
  expect([...(settings.get(table) ?? [])].sort()).toEqual([...options].sort());
});

it('leaves every other table to the defaults', () => {
  const others = [...settings].filter(([table, options]) => options.length > 0 && !(table in expected));
  expect(others).toEqual([]);
});
