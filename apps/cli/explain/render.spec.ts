import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Explainer } from '#database/explain.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { render } from './render.js';

let test: TestDatabase;
let explainer: Explainer;

beforeAll(async () => {
  test = await testDatabase([]);
  explainer = await Explainer.connect(test.adminUrl);
}, 60_000);

afterAll(async () => {
  await explainer.close();
  await test.close();
});

const secret = "what only Ada's friends may read";

async function rendered(text: string, params: readonly unknown[]): Promise<string> {
  const statement = { name: 'spec.statement', text };
  return render(statement, params, await explainer.explain(statement, params, 'custom'));
}

it('shows statement, parameters, steps and totals', async () => {
  const shown = await rendered('SELECT n\n     FROM generate_series(1, $1) n', [3]);
  expect(shown).toContain('spec.statement\n\n  SELECT n\n  FROM generate_series(1, $1) n\n\n  $1 = 3\n');
  expect(shown).toMatch(/ {2}Function Scan generate_series {3}3 rows \(expected 3\), [\d.]+ ms, 0 buffers/);
  expect(shown).toMatch(/in all [\d.]+ ms, 0 buffers \(0 MiB\), planned in [\d.]+ ms/);
  expect(shown).toContain('No warnings.');
});

it('shows no text that people wrote, neither as a parameter nor in a condition', async () => {
  const text = "SELECT relname FROM pg_class WHERE relname = $1 OR relname = ANY($2) OR relkind = 'm'";
  const shown = await rendered(text, [secret, [secret, 'short']]);
  expect(shown).toContain(`$1 = text of ${secret.length}`);
  expect(shown).toContain(`$2 = [text of ${secret.length}, text of 5]`);
  expect(shown).toContain(`relkind = 'm'`);
  expect(shown).toMatch(/Filter: .*'… \d+'/);
  expect(shown).not.toMatch(/Ada|friends|short/);
});
