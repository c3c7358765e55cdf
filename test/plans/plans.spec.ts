import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Explainer } from '#database/explain.js';
import { findings, pageBounds } from '#database/findings.js';
import { declaredStatements } from '#database/statement.js';
import type { TestDatabase } from '#testing/database.js';
import { examplesByService } from '../../apps/cli/explain/examples.js';
import { loadStatements } from '../../apps/cli/queries/statement-files.js';
import { millionMessages } from './million.js';

/** Rows of a page that were changed later lie on blocks of their own. */
const scatter = 16;

/** Tables that never have more than a few rows. */
const single = /\.(migration|log_epoch|revocation_head|signing_keys|generations)$/;

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
      expect(findings(near, bounds)).toEqual([]);
    }
    expect(buffers).toBeLessThanOrEqual(example.buffers);
    for (const [other, params] of Object.entries(example.also ?? {})) {
      const plan = await run(params(found));
      expect({ other, findings: findings(plan, bounds) }).toEqual({ other, findings: [] });
      expect(plan.plan.root.buffers).toBeLessThanOrEqual(example.buffers);
    }
    if (example.deep === undefined) return;
    const far = await run(example.deep(found));
    expect(findings(far, bounds)).toEqual([]);
    expect(far.plan.root.buffers).toBeLessThanOrEqual(Math.max(1.2 * buffers, buffers + scatter));
  });
});
