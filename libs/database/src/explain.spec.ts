import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { Explainer } from './explain.js';
import { findings, misestimates, pageBounds } from './findings.js';
import { allNodes } from './plan.js';

let test: TestDatabase;
let explainer: Explainer;

beforeAll(async () => {
  test = await testDatabase([]);
  explainer = await Explainer.connect(test.adminUrl);
  const setup = `
    CREATE TABLE pages (id int PRIMARY KEY, book int, words text);
    INSERT INTO pages SELECT n, n % 10, 'page ' || n FROM generate_series(1, 5000) n;
    CREATE FUNCTION longest(of_book int) RETURNS text LANGUAGE plpgsql AS
      'BEGIN RETURN (SELECT words FROM pages WHERE book = of_book ORDER BY length(words) DESC LIMIT 1); END';
    ANALYZE pages`;
  await run(setup);
}, 60_000);

afterAll(async () => {
  await explainer.close();
  await test.close();
});

async function run(text: string): Promise<object[]> {
  const client = new pg.Client({ connectionString: test.adminUrl });
  await client.connect();
  const { rows } = await client.query<object>(text);
  await client.end();
  return rows;
}

const explained = (text: string, params: readonly unknown[] = []) => explainer.explain({ name: 'spec', text }, params);

it('finds nothing to say about a lookup by an index', async () => {
  const lookup = await explained('SELECT words FROM pages WHERE id = ANY($1)', [[1, 2, 3]]);
  expect(findings(lookup, pageBounds)).toEqual([]);
  expect(allNodes(lookup.plan.root).map(({ index }) => index)).toContain('pages_pkey');
  expect(lookup.plan.root.buffers).toBeGreaterThan(0);
});

it('tells of a scan that reads a table and of a sort of more than a page', async () => {
  const sorted = await explained('SELECT * FROM pages ORDER BY words LIMIT 10');
  expect(findings(sorted, pageBounds)).toEqual(['sorts 5000 rows', 'sequential scan of pages: 5000 rows']);
  expect(findings(sorted, { sorted: 5_000, scanned: 5_000 })).toEqual([]);
});

it('tells of what was read although nothing of it was wanted', async () => {
  const filtered = await explained('SELECT * FROM pages WHERE words = $1', ['no such page']);
  expect(findings(filtered, pageBounds)).toEqual(['sequential scan of pages: 5000 rows']);
});

it('sees the statements inside functions', async () => {
  const { inner, plan } = await explained('SELECT longest($1)', [3]);
  expect(findings({ plan, inner: [] }, pageBounds)).toEqual([]);
  expect(findings({ plan, inner }, pageBounds)).toEqual(['sequential scan of pages: 5000 rows']);
});

it('tells where the planner was wrong, at the step where it begins', async () => {
  const { plan } = await explained('SELECT * FROM pages WHERE id % 2 = 0');
  expect(misestimates(plan.root)).toEqual(['Seq Scan pages: expected 25 rows, got 2500']);
});

it('leaves nothing behind', async () => {
  await explained('INSERT INTO pages VALUES ($1, 1, $2)', [9_999, 'an "odd" \\ text']);
  await explained('DELETE FROM pages');
  expect(await run('SELECT count(*)::int AS count FROM pages')).toEqual([{ count: 5_000 }]);
});
