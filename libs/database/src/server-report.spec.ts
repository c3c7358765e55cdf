import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { readServer } from './server-report.js';
import { sql } from './statement.js';

const service = { schema: 'report', entities: [], migrations: [] };
const sleep = sql('spec.sleep', 'SELECT pg_sleep($1::float8)');

let plain: TestDatabase;
let counting: TestDatabase;
beforeAll(async () => {
  plain = await testDatabase([service]);
  counting = await testDatabase([service], { settings: { shared_preload_libraries: 'pg_stat_statements' } });
}, 60_000);
afterAll(() => Promise.all([plain.close(), counting.close()]));

describe('A report on the server', () => {
  it('has its settings, and says whether statements are counted', async () => {
    const { settings: found, costly } = await readServer(plain.adminUrl);
    expect(found).toContainEqual({ name: 'max_connections', setting: '100', unit: null });
    expect(costly).toBeUndefined();
  });

  it('has what took most of the time where statements are counted', async () => {
    const database = await counting.database('report');
    for (let count = 0; count < 3; count++) await database.query(sleep, [0.1]);
    const inside = new URL(counting.adminUrl);
    inside.pathname = new URL(counting.ownerUrl).pathname;
    const { costly } = await readServer(inside.href);
    expect(costly).toContainEqual({ calls: 3, total_ms: expect.any(Number), query: 'SELECT pg_sleep($1::float8)' });
    const times = costly?.map(({ total_ms }) => total_ms) ?? [];
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(times[0]).toBeGreaterThanOrEqual(300);
    // Of the roles that were made just now.
    expect(JSON.stringify(costly)).not.toMatch(/password '/i);
  });
});
