import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Explainer } from '#database/explain.js';
import { findings, pageBounds } from '#database/findings.js';
import { nameParams } from '#database/name-search.js';
import { allNodes } from '#database/plan.js';
import { declaredStatements } from '#database/statement.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { chatDataSource } from '../chat.data-source.js';
import './chat.repository.js';

/** 3,000 channels in one workspace of the user, and a `general` in each of 8,000 others. */
const fill = `
  SET search_path = chat;
  INSERT INTO workspaces (id, name) SELECT n, 'workspace' FROM generate_series(1, 8001) n;
  INSERT INTO workspace_users (workspace_id, user_id, role) SELECT 1, n, 'member' FROM generate_series(1, 2000) n;
  INSERT INTO workspace_users (workspace_id, user_id, role) SELECT n, n, 'owner' FROM generate_series(2, 8001) n;
  INSERT INTO chats (workspace_id, type, name, name_key, is_private, member_count, created_by)
  SELECT 1, 'channel', name, name, false, 1, 1 FROM generate_series(1, 3000) n
  CROSS JOIN LATERAL (SELECT translate(left(md5(n::text), 6), '0123456789', 'ghijklmnop') || '-' || n AS name) named
  UNION ALL SELECT n, 'channel', 'general', 'general', false, 1, n FROM generate_series(2, 8001) n;
  INSERT INTO chat_members (chat_id, user_id, role) SELECT id, created_by, 'owner' FROM chats;
  ANALYZE`;

let test: TestDatabase;
let explainer: Explainer;
beforeAll(async () => {
  test = await testDatabase([chatDataSource]);
  const client = new pg.Client({ connectionString: test.ownerUrl });
  await client.connect();
  await client.query(fill);
  await client.end();
  const url = Object.assign(new URL(test.adminUrl), { pathname: new URL(test.ownerUrl).pathname });
  explainer = await Explainer.connect(url.href);
}, 60_000);
afterAll(async () => {
  await explainer.close();
  await test.close();
});

describe('chats by name among 11,000', () => {
  it.each(['a', 'abc', 'abcd', 'general', 'genreal', '....'])(
    'are found by indexes alone, whatever chats of others are called: %s',
    async (query) => {
      const statement = declaredStatements().find(({ name }) => name === 'chat.search')!;
      const explained = await explainer.explain(statement, [...nameParams(query), 7, null, 20, 1_000]);
      expect(findings(explained, { ...pageBounds, sorted: 1_000 })).toEqual([]);
      const used = new Set(allNodes(explained.plan.root).flatMap(({ index }) => index ?? []));
      expect([...used]).toEqual(expect.arrayContaining(['idx_chats_name_prefix', 'idx_chats_name_trigrams']));
      expect(explained.plan.root.buffers).toBeLessThan(1_500);
    },
  );
});
