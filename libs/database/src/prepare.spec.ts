import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type PostgresServer } from '#servers/postgres.js';
import { prepareDatabase } from './prepare.js';

let folder: string;
let server: PostgresServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fechatter-prepare-'));
  server = await startPostgres({ dataDir: join(folder, 'postgres'), durability: 'off' });
  await query('postgres', `CREATE ROLE manager LOGIN CREATEROLE CREATEDB PASSWORD 'manager'`);
}, 30_000);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function query<Row extends object>(database: string, text: string, as?: string): Promise<Row[]> {
  const url = new URL(as ?? server.adminUrl);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

function prepare(database: string, adminUrl = server.adminUrl) {
  return prepareDatabase({ adminUrl, database, services: ['auth'], passwordOf: () => 'manager' });
}

describe('prepareDatabase', () => {
  const similar = `SELECT 'catherine' OPERATOR(extensions.<%) 'katherine.x' AS is_similar, current_setting('pg_trgm.word_similarity_threshold') AS threshold`;

  it('makes trigrams that services may use, as similar as names have to be', async () => {
    const prepared = await prepare('fresh');
    await prepare('fresh');
    expect(await query('fresh', similar, prepared.urlOf('auth'))).toEqual([{ is_similar: true, threshold: '0.35' }]);
  });

  it('moves trigrams that are there already to where services may use them', async () => {
    await query('postgres', 'CREATE DATABASE given');
    await query('given', 'CREATE EXTENSION pg_trgm');
    const prepared = await prepare('given');
    expect(await query('given', similar, prepared.urlOf('auth'))).toEqual([{ is_similar: true, threshold: '0.35' }]);
  });

  it('says what to do where it may not', async () => {
    const manager = Object.assign(new URL(server.adminUrl), { username: 'manager', password: 'manager' }).href;
    await query('postgres', 'DROP DATABASE fresh');
    await query('postgres', 'DROP DATABASE given');
    for (const role of ['auth', 'owner']) await query('postgres', `DROP ROLE IF EXISTS fechatter_${role}`);
    await query('postgres', 'CREATE DATABASE foreign_trigrams OWNER manager');
    await query('foreign_trigrams', 'CREATE EXTENSION pg_trgm');
    await expect(prepare('foreign_trigrams', manager)).rejects.toThrow(
      /pg_trgm cannot be made \(must be owner.*run as a superuser there: ALTER EXTENSION pg_trgm SET SCHEMA extensions/,
    );
  });
});
