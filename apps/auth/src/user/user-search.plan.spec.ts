import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Explainer } from '#database/explain.js';
import { findings, pageBounds } from '#database/findings.js';
import { nameParams } from '#database/name-search.js';
import { allNodes } from '#database/plan.js';
import { declaredStatements, sql } from '#database/statement.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { authDataSource } from '../auth.data-source.js';
import './user.repository.js';

const count = 12_000;
const fill = sql(
  'spec.users.plan',
  `INSERT INTO auth.users (email, username)
   SELECT n || '@example.com', translate(left(md5(n::text), 6), '0123456789', 'ghijklmnop') || '.' || n
   FROM generate_series(1, ${count}) n`,
);

let test: TestDatabase;
let explainer: Explainer;
beforeAll(async () => {
  test = await testDatabase([authDataSource]);
  await (await test.database('auth')).query(fill);
  const url = Object.assign(new URL(test.adminUrl), { pathname: new URL(test.ownerUrl).pathname });
  explainer = await Explainer.connect(url.href);
}, 60_000);
afterAll(async () => {
  await explainer.close();
  await test.close();
});

describe(`the candidates among ${count} users`, () => {
  it.each(['a', 'ab', 'abc', 'abcd', 'abcdef', '11999', '....', '%%%%', '😀'])(
    'are found by indexes alone, never by reading all: %s',
    async (query) => {
      const statement = declaredStatements().find(({ name }) => name === 'auth.user.candidates')!;
      const explained = await explainer.explain(statement, [...nameParams(query), 1_000]);
      expect(findings(explained, { ...pageBounds, sorted: 1_000 })).toEqual([]);
      const used = allNodes(explained.plan.root).flatMap(({ index }) => index ?? []);
      expect(new Set(used)).toEqual(new Set(['idx_users_username_prefix', 'idx_users_username_trigrams']));
      expect(explained.plan.root.buffers).toBeLessThan(1_500);
    },
  );
});
