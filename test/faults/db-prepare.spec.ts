import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type PostgresServer } from '#servers/postgres.js';
import { startSystem, type System } from '../e2e/system.js';
import { runCommand, type Outcome } from './command.js';

const services = ['auth', 'chat', 'message', 'search'];

let folder: string;
let server: PostgresServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fechatter-prepare-'));
  // As the PostgreSQL of somebody else is: nothing is logged unless it is told.
  const settings = { shared_preload_libraries: '' };
  server = await startPostgres({ dataDir: join(folder, 'postgres'), durability: 'off', settings });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function prepare(adminUrl = server.adminUrl): Promise<Outcome> {
  return runCommand(['apps/cli/run.mjs', 'db-prepare'], { DATABASE_ADMIN_URL: adminUrl });
}

function migrate(url: string, ...args: string[]): Promise<Outcome> {
  return runCommand(['apps/cli/run.mjs', 'migrate', ...args], { DATABASE_OWNER_URL: url });
}

/** The URLs that the command printed: of the owner, and of each service. */
function urlsOf({ output }: Outcome): Record<string, string> {
  const found = [...output.matchAll(/^# for (.+)\n[A-Z_]+=(\S+)$/gm)].map(([, reader, url]) => [reader, url]);
  return Object.fromEntries(found) as Record<string, string>;
}

async function query<Row extends object>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** The SQLSTATE with which a statement is refused. */
async function refusal(url: string, statement: string): Promise<string> {
  return query(url, statement).then(
    () => 'none',
    (error: unknown) => (error as { code: string }).code,
  );
}

async function tables(url: string, schema: string): Promise<string[]> {
  const listed = `SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' ORDER BY 1`;
  return (await query<{ tablename: string }>(url, listed)).map(({ tablename }) => tablename);
}

describe('db:prepare on a fresh PostgreSQL', () => {
  let urls: Record<string, string>;
  beforeAll(async () => {
    const prepared = await prepare();
    expect(prepared).toMatchObject({ code: 0 });
    urls = urlsOf(prepared);
  });

  it('prints a URL for the owner and for each service, each with a password of its own', () => {
    expect(Object.keys(urls).sort()).toEqual([...services, 'npm run migrate'].sort());
    expect(new Set(Object.values(urls).map((url) => new URL(url).password)).size).toBe(5);
  });

  it('has the plans of slow statements logged, but of searches, whose plans quote what was searched for', async () => {
    const configured = async (role: string) =>
      (
        await query<{ set: string[] }>(
          server.adminUrl,
          `SELECT rolconfig AS set FROM pg_roles WHERE rolname = '${role}'`,
        )
      )[0]?.set;
    const timeouts = ['statement_timeout=10s', 'lock_timeout=5s', 'idle_in_transaction_session_timeout=15s'];
    const planned = 'plan_cache_mode=force_generic_plan';
    const similar = 'pg_trgm.word_similarity_threshold=0.35';
    expect(await configured('fechatter_message')).toEqual(
      expect.arrayContaining([
        planned,
        'session_preload_libraries=auto_explain',
        'auto_explain.log_min_duration=200ms',
      ]),
    );
    expect(await configured('fechatter_search')).toEqual([planned, similar, ...timeouts]);
  });

  it('lets a service read and write every table of its own schema', async () => {
    for (const service of services) {
      const url = urls[service] as string;
      const own = (await tables(url, service)).filter((table) => table !== 'migration');
      expect(own).not.toEqual([]);
      for (const table of own) {
        await query(url, `SELECT 1 FROM ${service}.${table} LIMIT 1`);
        expect(await refusal(url, `DELETE FROM ${service}.${table} WHERE false`)).toBe('none');
      }
    }
  });

  it('lets no service see anything of another, change its own tables, or make new ones', async () => {
    const denied = '42501';
    for (const service of services) {
      const url = urls[service] as string;
      for (const other of services.filter((name) => name !== service))
        for (const table of await tables(urls['npm run migrate'] as string, other))
          expect(await refusal(url, `SELECT 1 FROM ${other}.${table}`)).toBe(denied);
      const [first] = await tables(url, service);
      expect(await refusal(url, `DROP TABLE ${service}.${first}`)).toBe(denied);
      expect(await refusal(url, `ALTER TABLE ${service}.${first} ADD COLUMN more int`)).toBe(denied);
      expect(await refusal(url, `CREATE TABLE ${service}.more (id int)`)).toBe(denied);
      expect(await refusal(url, 'CREATE TABLE public.more (id int)')).toBe(denied);
      expect(await refusal(url, 'SET ROLE fechatter_owner')).toBe(denied);
    }
  });

  it('has migrated: to migrate again changes nothing', async () => {
    const owner = urls['npm run migrate'] as string;
    const applied = () => query(owner, `SELECT * FROM message.migration ORDER BY id`);
    const before = await applied();
    expect(before).not.toEqual([]);
    expect(await migrate(owner)).toEqual({ code: 0, output: 'The schemas are current.\n' });
    expect(await migrate(owner, 'message')).toEqual({ code: 0, output: 'The schemas are current.\n' });
    expect(await applied()).toEqual(before);
  });

  it('can be repeated: the data stays, the passwords are new', async () => {
    await query(urls.chat as string, `INSERT INTO chat.workspaces (name) VALUES ('kept')`);
    const again = urlsOf(await prepare());
    const kept = await query(again.chat as string, `SELECT name FROM chat.workspaces WHERE name = 'kept'`);
    expect(kept).toHaveLength(1);
    expect(await refusal(urls.chat as string, 'SELECT 1')).toBe('28P01');
  });

  it('works as a role that is no superuser but may create roles and databases', async () => {
    const { adminUrl } = server;
    await query(adminUrl, `DROP DATABASE fechatter WITH (FORCE)`);
    for (const role of ['owner', ...services]) await query(adminUrl, `DROP ROLE fechatter_${role}`);
    await query(adminUrl, `CREATE ROLE manager LOGIN CREATEROLE CREATEDB PASSWORD 'manager'`);
    const url = Object.assign(new URL(adminUrl), { username: 'manager', password: 'manager' });
    const prepared = await prepare(url.href);
    expect(prepared).toMatchObject({ code: 0 });
    expect(prepared.output).toMatch(/take.* a superuser.*\n\nALTER ROLE fechatter_/);
    expect(await tables(urlsOf(prepared).message as string, 'message')).toContain('messages');
  });
});

describe('The commands', () => {
  it.each([
    ['db-prepare', 'DATABASE_ADMIN_URL'],
    ['migrate', 'DATABASE_OWNER_URL'],
  ])('say what is missing or wrong: %s', async (command, variable) => {
    const run = (value: string) => runCommand(['apps/cli/run.mjs', command], { [variable]: value });
    for (const [value, sentence] of [
      ['', `${variable}: is required`],
      ['mysql://here', `${variable}: must be a URL beginning with postgres://`],
      [server.adminUrl.replace(/:[^:@]+@/, ':wrong@'), `The PostgreSQL of ${variable} cannot be used`],
      ['postgres://me:secret@localhost:1/none', `The PostgreSQL of ${variable} cannot be used`],
    ] as const) {
      const { code, output } = await run(value);
      expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining(sentence) as unknown });
      expect(output).not.toMatch(/\n\s+at |secret|wrong/);
    }
  });

  it('refuse a service that does not exist', async () => {
    const { code, output } = await migrate(server.adminUrl, 'mail');
    expect(code).toBe(2);
    expect(output).toContain('There is no service "mail"');
  });
});

describe('The data of one folder', () => {
  const credentials = { email: 'keeper@example.com', password: 'a long password' };
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(folder, 'shared-'));
  });

  async function call<Body>(system: System, method: string, path: string, token = '', body?: object): Promise<Body> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const answer = await fetch(system.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Body;
  }

  /** Says something, and answers all that was ever said. */
  async function contents(system: System): Promise<string[]> {
    const { token } = await call<{ token: string }>(system, 'POST', '/api/auth/login', '', credentials);
    await call(system, 'POST', '/api/messages', token, { chat_id: 1, content: system.url });
    const path = '/api/messages?chat_id=1';
    const { messages } = await call<{ messages: { content: string }[] }>(system, 'GET', path, token);
    return messages.map(({ content }) => content).reverse();
  }

  it('is the same for standalone and distributed, one after the other', async () => {
    const said: string[] = [];
    for (const topology of ['standalone', 'distributed', 'standalone'] as const) {
      const system = await startSystem({ topology, dataDir });
      try {
        if (said.length === 0)
          await call(system, 'POST', '/api/auth/register', '', { ...credentials, username: 'keeper' });
        said.push(system.url);
        expect(await contents(system)).toEqual(said);
      } finally {
        expect(await system.stop()).toBe(0);
      }
    }
  });

  it('belongs to one of them at a time', async () => {
    const system = await startSystem({ dataDir });
    try {
      const env = { PORT: '0', HEALTH_PORT: '0', FECHATTER_DATA_DIR: dataDir, NODE_ENV: 'test' };
      const second = await runCommand(['apps/cli/start-distributed.mjs'], env);
      expect(second).toMatchObject({ code: 1, output: expect.stringContaining('is in use by process') as unknown });
      expect(second.output).not.toMatch(/\n\s+at /);
      await contents(system);
    } finally {
      await system.stop();
    }
  });
});
