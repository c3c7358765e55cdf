import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from '#testing/eventually.js';
import { startPostgres, type PostgresServer } from './postgres.js';
import { inspectProcess } from './process-table.js';

let dataDir: string;
let started: PostgresServer[];
let log: string[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'servers postgres-'));
  started = [];
  log = [];
});

afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()));
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

async function start(options: { port?: number; durability?: 'on' | 'off' } = {}): Promise<PostgresServer> {
  const server = await startPostgres({ dataDir, durability: 'off', log: (line) => log.push(line), ...options });
  started.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A stranger with the given command line, under whose pid a lock may have been left. */
function stranger(): ChildProcess {
  return spawn('sleep', ['600'], { stdio: 'ignore' });
}

describe('startPostgres on an empty folder', () => {
  it('creates a server of its own on loopback, with UTF-8, one sort order on every machine and a guarded password', async () => {
    const server = await start({ durability: 'on' });
    const [row] = await query(
      server.adminUrl,
      `SELECT current_setting('data_directory') AS folder, current_setting('listen_addresses') AS addresses, current_setting('fsync') AS fsync,
              current_setting('server_encoding') AS encoding, datlocprovider AS provider, datlocale AS locale, 'a' < 'B' AS folded, lower('ÄÖ') AS lower
       FROM pg_database WHERE datname = 'postgres'`,
    );
    expect(row).toEqual({
      folder: join(dataDir, 'cluster'),
      addresses: '127.0.0.1',
      fsync: 'on',
      encoding: 'UTF8',
      provider: 'b',
      locale: 'C.UTF-8',
      folded: false,
      lower: 'äö',
    });
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
    await expect(query(server.adminUrl.replace(/:[^:@/]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('begins again after an initdb that was killed', async () => {
    mkdirSync(join(dataDir, 'initdb-killed', 'cluster', 'base'), { recursive: true });
    writeFileSync(join(dataDir, 'initdb-killed', 'cluster', 'PG_VERSION'), '18\n');
    const server = await start();
    await expect(query(server.adminUrl, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    expect(readdirSync(dataDir).sort()).toEqual(['cluster', 'owner.lock', 'password']);
  });

  it('keeps statements and values out of the log', async () => {
    const server = await start();
    await query(server.adminUrl, 'CREATE TABLE notes (id int PRIMARY KEY, body text UNIQUE)');
    await query(server.adminUrl, `INSERT INTO notes VALUES (1, 'what was said')`);
    await expect(query(server.adminUrl, `INSERT INTO notes VALUES (2, 'what was said')`)).rejects.toThrow(
      /notes_body_key/,
    );
    await eventually(() => log.some((line) => line.includes('notes_body_key')));
    expect(log.join('\n')).not.toContain('what was said');
  });
});

describe('startPostgres on a folder with data', () => {
  let template: string;

  beforeAll(async () => {
    template = mkdtempSync(join(tmpdir(), 'servers-template-'));
    const server = await startPostgres({ dataDir: template, durability: 'off' });
    await query(server.adminUrl, 'CREATE TABLE kept AS SELECT 7 AS value');
    await server.stop();
  });

  afterAll(() => rmSync(template, { recursive: true, force: true }));

  beforeEach(async () => {
    cpSync(template, dataDir, { recursive: true });
    await start();
  });

  async function expectKept(server: PostgresServer): Promise<void> {
    await expect(query(server.adminUrl, 'SELECT value FROM kept')).resolves.toEqual([{ value: 7 }]);
  }

  it('finds everything again after a stop', async () => {
    await started[0]!.stop();
    await expectKept(await start());
  });

  it('recovers after kill -9 of the server, with a client still at work, on the same port', async () => {
    const client = new pg.Client({ connectionString: started[0]!.adminUrl });
    client.on('error', () => undefined);
    await client.connect();
    const busy = client.query('SELECT pg_sleep(1)').catch(() => undefined);
    const { port } = started[0]!;
    await started[0]!.kill();
    await expect(started[0]!.exited).resolves.toBe('signal SIGKILL');
    const server = await start({ port });
    expect(server.port).toBe(port);
    await expectKept(server);
    await busy;
    await client.end().catch(() => undefined);
  });

  it('starts although the pid in a stale lock now belongs to another program', async () => {
    const lock = join(dataDir, 'cluster', 'postmaster.pid');
    const before = readFileSync(lock, 'utf8');
    await started[0]!.kill();
    const other = stranger();
    writeFileSync(lock, before.replace(/^\d+/, String(other.pid)));
    await expectKept(await start());
    expect(inspectProcess(other.pid!)?.command).toBe('sleep 600');
    other.kill();
  });

  it('starts although the pid of its dead owner now belongs to another program', async () => {
    await started[0]!.kill();
    const other = stranger();
    writeFileSync(join(dataDir, 'owner.lock'), `${other.pid} 12345`);
    await expectKept(await start());
    other.kill();
  });

  it('refuses a second start while the first one runs, and does not disturb it', async () => {
    await expect(start()).rejects.toThrow(/already runs a server on/);
    await expectKept(started[0]!);
  });

  it('refuses data of another major version and leaves it as it was', async () => {
    await started[0]!.stop();
    const version = join(dataDir, 'cluster', 'PG_VERSION');
    writeFileSync(version, '17\n');
    await expect(start()).rejects.toThrow(
      /written by PostgreSQL 17, and this release brings PostgreSQL 18, .* choose another data folder with FECHATTER_DATA_DIR\.$/,
    );
    expect(readFileSync(version, 'utf8')).toBe('17\n');
    writeFileSync(version, '18\n');
    await expectKept(await start());
  });

  it('says which port is taken, and leaves the folder free', async () => {
    await started[0]!.stop();
    const occupier = createServer();
    const port = await new Promise<number>((resolve) =>
      occupier.listen(0, '127.0.0.1', () => resolve((occupier.address() as { port: number }).port)),
    );
    await expect(start({ port })).rejects.toThrow(`PostgreSQL cannot listen on port ${port}`);
    await new Promise((resolve) => occupier.close(resolve));
    await expectKept(await start({ port }));
  });

  it('refuses to make a new password for data that has one', async () => {
    await started[0]!.stop();
    const password = join(dataDir, 'password');
    renameSync(password, `${password}.away`);
    await expect(start()).rejects.toThrow(/password of the database is gone/);
    expect(existsSync(password)).toBe(false);
  });
});
