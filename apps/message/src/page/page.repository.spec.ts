import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDataSource } from '#database/data-source.js';
import { Database } from '#database/database.js';
import { sql, type Statement } from '#database/statement.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { messageDataSource } from '../message.data-source.js';
import { PageRepository } from './page.repository.js';

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

const length = 60_000;
let test: TestDatabase;
let database: Database;

/** Blocks that PostgreSQL touches for the statements of `work`, under the plan that it uses for every parameter. */
async function blocks(work: (pages: PageRepository) => Promise<unknown>): Promise<number> {
  const asked: [Statement, readonly unknown[]][] = [];
  const recording = {
    query: (statement: Statement, params: readonly unknown[]) => {
      asked.push([statement, params]);
      return database.query(statement, params);
    },
  };
  await work(new PageRepository(recording as Database));
  return database.transaction(async (transaction) => {
    await transaction.query(sql('spec.generic', 'SET LOCAL plan_cache_mode = force_generic_plan'));
    let sum = 0;
    for (const [{ name, text }, params] of asked) {
      const explain = sql(`spec.${name}`, `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`);
      const [row] = await transaction.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(explain, params);
      const plan = row?.['QUERY PLAN'][0].Plan;
      sum += (plan?.['Shared Hit Blocks'] ?? Infinity) + (plan?.['Shared Read Blocks'] ?? 0);
    }
    return sum;
  });
}

beforeAll(async () => {
  test = await testDatabase([messageDataSource]);
  database = await test.database('message');
  const fill = [
    `INSERT INTO message.chat_heads (chat_id, workspace_id, access_version, last_seq, message_count, last_activity_at)
     SELECT c, 1, 1, CASE WHEN c = 1 THEN ${length} ELSE 20 END, 20, now() FROM generate_series(1, 500) c`,
    `INSERT INTO message.chat_access (chat_id, user_id, role, joined_seq)
     SELECT c, u, 'member', 1 FROM generate_series(1, 500) c, generate_series(1, 5) u`,
    `INSERT INTO message.messages (chat_id, seq, ordinal, version, sender_id, content, created_at)
     SELECT 1, n, n, n, 1, 'message ' || n, now() FROM generate_series(1, ${length}) n`,
    `INSERT INTO message.messages (chat_id, seq, ordinal, version, sender_id, content, created_at)
     SELECT c, n, n, n, 1, 'message ' || n, now() FROM generate_series(2, 500) c, generate_series(1, 20) n`,
  ];
  for (const [index, text] of fill.entries()) await database.query(sql(`spec.fill${index}`, text));
});

afterAll(() => test.close());

/** What autovacuum does sooner or later: the plans must be right before and after. */
async function analyze(): Promise<void> {
  const owner = new Database(await createDataSource(test.ownerUrl, messageDataSource).initialize());
  await owner.query(sql('spec.analyze', 'ANALYZE'));
  await owner.close();
}

describe.each(['fresh', 'analyzed'])('in a %s database', (state) => {
  beforeAll(() => (state === 'analyzed' ? analyze() : undefined));

  it('a page costs the same at every depth and in chats of any length', async () => {
    const newest = await blocks((pages) => pages.before(1, 1, Number.MAX_SAFE_INTEGER, 51));
    const deepest = await blocks((pages) => pages.before(1, 1, 60, 51));
    const small = await blocks((pages) => pages.before(1, 250, Number.MAX_SAFE_INTEGER, 51));
    const forward = await blocks((pages) => pages.after(1, 1, 30_000, 51));
    const around = await blocks((pages) => pages.around(1, 1, 30_000, 51));
    for (const cost of [newest, deepest, small, forward]) expect(cost).toBeLessThan(40);
    expect(around).toBeLessThan(60);
  });

  it('a message is found by its id without reading its chat', async () => {
    expect(await blocks((pages) => pages.locate(1, 1, 30_000))).toBeLessThan(20);
    expect(await blocks((pages) => pages.get(1, 30_000))).toBeLessThan(20);
  });
});
