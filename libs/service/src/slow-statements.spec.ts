import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { sql } from '#database/statement.js';
import { startPostgres, type PostgresServer } from '#servers/postgres.js';
import { separateSlowStatements, type SlowStatement } from './slow-statements.js';

const folder = mkdtempSync(join(tmpdir(), 'fechatter-slow-'));
const secret = 'what only friends may read';
const waiting: ((statement: SlowStatement) => void)[] = [];
const rest: string[] = [];
let server: PostgresServer;
let client: pg.Client;

beforeAll(async () => {
  const log = separateSlowStatements(
    (statement) => waiting.shift()?.(statement),
    (line) => rest.push(line),
  );
  const settings = { 'auto_explain.log_min_duration': '50ms' };
  server = await startPostgres({ dataDir: folder, durability: 'off', settings, log });
  client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
}, 60_000);

afterAll(async () => {
  await client.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const nextSlow = () => new Promise<SlowStatement>((resolve) => waiting.push(resolve));
const slow = sql('spec.slow', 'SELECT pg_sleep($1::float8)\n  FROM pg_class WHERE relname = $2 OR oid = 1259');

it('logs the plan of a slow statement under its name, without its parameters', async () => {
  const logged = nextSlow();
  await client.query('SET plan_cache_mode = force_generic_plan');
  await client.query({ ...slow, values: [0.06, secret] });
  const { ms, statement, plan } = await logged;
  expect(statement).toBe('spec.slow');
  expect(ms).toBeGreaterThanOrEqual(50);
  expect(plan).toMatch(/^Query Text: SELECT pg_sleep\(\$1::float8\)\n/);
  expect(plan).toMatch(/Scan on pg_class .*\n +(Recheck Cond|Filter): \(\(relname = \$2\)/);
});

it('takes the values out of a plan that was made for them', async () => {
  const logged = nextSlow();
  await client.query('SET plan_cache_mode = force_custom_plan');
  await client.query({ ...slow, values: [0.06, secret] });
  const { plan } = await logged;
  expect(plan).toContain("relname = '…'");
  expect(plan).not.toContain(secret);
});

it('leaves everything else to the rest of the log, where a failing statement does not say what it was about', async () => {
  const logged = nextSlow();
  await expect(client.query('SELECT $1::text::int', [secret])).rejects.toThrow(/invalid input syntax/);
  await client.query({ name: 'spec.other', text: 'SELECT pg_sleep($1::float8)', values: [0.06] });
  expect(await logged).not.toHaveProperty('statement');
  expect(rest.join('\n')).toContain('ready to accept connections');
  expect(rest.join('\n')).not.toContain('plan:');
});
