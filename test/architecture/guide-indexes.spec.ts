import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { dataSources } from '../../apps/standalone/src/data-sources.js';

let test: TestDatabase;
let definitions: Map<string, string>;

beforeAll(async () => {
  test = await testDatabase(dataSources);
  const client = new pg.Client({ connectionString: test.ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT schemaname || '.' || indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE schemaname IN ('auth', 'chat', 'message', 'search')`,
  );
  await client.end();
  definitions = new Map(rows.map(({ name, definition }) => [name, definition]));
}, 60_000);

afterAll(() => test.close());

/** The indexes of the performance guide that stand under their names, and where. */
const kept = [
  ['auth.idx_users_email_lower', /UNIQUE .* auth\.users .*\(lower\(email\)\)/],
  ['chat.idx_chat_members_user_chat', /chat\.chat_members .*\(user_id, chat_id\) WHERE \(left_at IS NULL\)/],
  ['message.idx_chat_members_user_chat', /message\.chat_access .*\(user_id, chat_id\) WHERE \(left_seq IS NULL\)/],
  ['chat.idx_workspace_users_active', /chat\.workspace_users .*\(workspace_id, user_id\) WHERE \(deleted_at IS NULL\)/],
  ['search.idx_messages_content_gin', /search\.indexed_messages USING gin \(lexemes\)/],
] as const;

/** Those whose question has another answer (README of apps/message): what answers it. */
const replaced = [
  // Pages run by seq and not by time.
  ['idx_messages_chat_created_desc', 'message.messages_pkey', /message\.messages .*\(chat_id, seq\)/],
  // Unread is arithmetic on one row for each user and chat, less what was deleted since.
  ['idx_message_status_unread', 'message.message_status_pkey', /message\.message_status .*\(user_id, chat_id\)/],
  [
    'idx_message_status_unread',
    'message.idx_messages_deleted',
    /\(chat_id, ordinal\) WHERE \(deleted_at IS NOT NULL\)/,
  ],
] as const;

it.each(kept)("has the guide's %s", (name, definition) => {
  expect(definitions.get(name)).toMatch(definition);
});

it.each(replaced)("has for the guide's %s another answer: %s", (name, answer, definition) => {
  expect([...definitions.keys()].filter((each) => each.endsWith(`.${name}`))).toEqual([]);
  expect(definitions.get(answer)).toMatch(definition);
});
