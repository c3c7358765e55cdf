import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Explainer, type Explained } from '#database/explain.js';
import { findings, pageBounds, type Bounds } from '#database/findings.js';
import { allNodes } from '#database/plan.js';
import { declaredStatements } from '#database/statement.js';
import type { TestDatabase } from '#testing/database.js';
import { examplesByService } from '../../apps/cli/explain/examples.js';
import { loadStatements } from '../../apps/cli/queries/statement-files.js';
import { millionMessages } from './million.js';

/** Rows of a page that were changed later lie on blocks of their own. */
const scatter = 16;

/** Tables that never have more than a few rows. */
const single = /\.(migration|log_epoch|revocation_head|signing_keys|generations)$/;

/** What pages, sends, counters, threads and searches run: they name the indexes that they go by. */
const hot = [
  /^message\.(list_\w+|get|locate|gate_last_seqs|receipt_list|pin_list|replies_\w+|log_\w+|places|small_chats)$/,
  /^message\.(flush\w*|inbox|read_\w+|deliver|changed_since|reaction_count)$/,
  /^search\.(apply|find|neighbours|positions)$/,
];

const tableSizes = `
  SELECT jsonb_object_agg(relnamespace::regnamespace || '.' || relname, reltuples) AS sizes FROM pg_class
  WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('auth', 'chat', 'message', 'search')`;

let test: TestDatabase | undefined;
let explainer: Explainer | undefined;

beforeAll(async () => {
  await loadStatements();
  test = await millionMessages();
  const url = new URL(test.adminUrl);
  url.pathname = new URL(test.ownerUrl).pathname;
  explainer = await Explainer.connect(url.href);
});

afterAll(async () => {
  await explainer?.close();
  await test?.close();
});

it('are made for a million messages, and every table that grows is long enough for an index', async () => {
  const counts = ((await explainer!.facts(tableSizes)) as { sizes: Record<string, number> }).sizes;
  expect(counts['message.messages']).toBeGreaterThanOrEqual(1_000_000);
  const short = Object.entries(counts).filter(([table, rows]) => rows <= pageBounds.scanned && !single.test(table));
  expect(short).toEqual([]);
});

it('name the indexes of every statement that is hot', () => {
  const all = Object.values(examplesByService).flatMap(({ statements }) => Object.entries(statements));
  const nameless = all.filter(([name, { index = [] }]) => index.length === 0 && hot.some((names) => names.test(name)));
  expect(nameless.map(([name]) => name)).toEqual([]);
});

/** What is wrong with a plan: of the indexes that it is to go by it lacks some, or what it does will hurt. */
function faults(explained: Explained, bounds: Bounds, indexes: readonly string[] = []): string[] {
  const plans = [explained.plan, ...explained.inner.map((each) => each.plan)];
  const used = plans.flatMap(({ root }) => allNodes(root).map(({ index }) => index));
  const missing = indexes.filter((index) => !used.includes(index));
  return [...missing.map((index) => `does not go by ${index}`), ...findings(explained, bounds)];
}

describe.each(Object.entries(examplesByService))('the plans of %s', (_service, { facts, statements }) => {
  let found: object;

  beforeAll(async () => {
    const row = await explainer!.facts(facts);
    expect(Object.values(row ?? {})).not.toHaveLength(0);
    expect(Object.values(row ?? {})).not.toContain(null);
    found = row!;
  });

  it.each(Object.entries(statements))('%s', async (name, example) => {
    const statement = declaredStatements().find((declared) => declared.name === name)!;
    const run = (params: readonly unknown[]) => explainer!.explain(statement, params, example.mode);
    const bounds = { ...pageBounds, ...example.bounds };
    const near = await run(example.params(found));
    const buffers = near.plan.root.buffers;
    if (example.cold === undefined) {
      expect(faults(near, bounds, example.index)).toEqual([]);
    }
    expect(buffers).toBeLessThanOrEqual(example.buffers);
    for (const [other, params] of Object.entries(example.also ?? {})) {
      const plan = await run(params(found));
      expect({ other, faults: faults(plan, bounds, example.index) }).toEqual({ other, faults: [] });
      expect(plan.plan.root.buffers).toBeLessThanOrEqual(example.buffers);
    }
    if (example.deep === undefined) return;
    const far = await run(example.deep(found));
    expect(faults(far, bounds, example.index)).toEqual([]);
    expect(far.plan.root.buffers).toBeLessThanOrEqual(Math.max(1.2 * buffers, buffers + scatter));
  });
});
