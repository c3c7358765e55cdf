import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing/eventually.js';
import { freePort, startSystem, type System } from '../e2e/system.js';
import { runCommand } from './command.js';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fechatter-life-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const credentials = { email: 'keeper@example.com', password: 'a long password' };
const account = { ...credentials, username: 'keeper' };

function post(system: System, path: string, body: object, token = '') {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return fetch(system.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function environment(folder: string): Promise<Record<string, string>> {
  return { FECHATTER_DATA_DIR: folder, PORT: String(await freePort()), HEALTH_PORT: '0', NODE_ENV: 'test' };
}

/** Everything that was acknowledged before is there, and the next message can be sent. */
async function expectAlive(system: System, acknowledged: string[]): Promise<void> {
  const { token } = (await (await post(system, '/api/auth/login', credentials)).json()) as { token: string };
  const listed = await fetch(`${system.url}/api/messages?chat_id=1&limit=200`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { messages } = (await listed.json()) as { messages: { content: string }[] };
  expect(messages.map(({ content }) => content).reverse()).toEqual(acknowledged);
  const content = `after start ${acknowledged.length}`;
  expect((await post(system, '/api/messages', { chat_id: 1, content }, token)).status).toBe(201);
  acknowledged.push(content);
}

describe('The server of a data folder', () => {
  it('comes back with everything after an orderly stop, a kill of itself and a kill of its PostgreSQL', async () => {
    const acknowledged: string[] = [];
    let system = await startSystem({ dataDir });
    expect((await post(system, '/api/auth/register', account)).status).toBe(201);
    await expectAlive(system, acknowledged);
    expect(await system.stop()).toBe(0);

    system = await startSystem({ dataDir });
    await expectAlive(system, acknowledged);
    await system.kill();

    system = await startSystem({ dataDir });
    await expectAlive(system, acknowledged);
    const postmaster = await readFile(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8');
    process.kill(Number(postmaster.split('\n')[0]), 'SIGKILL');
    await untilLoginWorks(system);
    await expectAlive(system, acknowledged);
    expect(await system.stop()).toBe(0);
  });

  it('is one: a second start says so and harms nothing', async () => {
    const system = await startSystem({ dataDir });
    try {
      const { code, output } = await runCommand(['apps/cli/start.mjs'], await environment(dataDir));
      expect(code).not.toBe(0);
      expect(output).toMatch(/in use|already/i);
      expect(output).not.toMatch(/\n\s+at /);
      expect((await fetch(`${system.url}/api/health`)).status).toBe(200);
    } finally {
      await system.stop();
    }
  });

  it('refuses an occupied port with a sentence', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    const { code, output } = await runCommand(['apps/cli/start.mjs'], {
      ...(await environment(dataDir)),
      PORT: String(port),
    });
    blocker.close();
    expect(code).toBe(1);
    expect(output).toContain(`Port ${port} is in use`);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('refuses data of another PostgreSQL and leaves it as it is', async () => {
    const file = join(dataDir, 'postgres', 'cluster', 'PG_VERSION');
    const version = await readFile(file, 'utf8');
    await writeFile(file, '12\n');
    const { code, output } = await runCommand(['apps/cli/start.mjs'], await environment(dataDir));
    await writeFile(file, version);
    expect(code).toBe(1);
    expect(output).toMatch(/PostgreSQL 12/);
    const system = await startSystem({ dataDir });
    expect(await system.stop()).toBe(0);
  });
});

describe('Demo data', () => {
  it('is refused in production', async () => {
    const env = { ...(await environment(dataDir)), NODE_ENV: 'production', FECHATTER_DEMO: 'true' };
    const { code, output } = await runCommand(['apps/cli/start.mjs'], env);
    expect(code).toBe(1);
    expect(output).toContain('FECHATTER_DEMO');
  });

  it('is not put into a database that has users', async () => {
    const system = await startSystem({ dataDir, env: { FECHATTER_DEMO: 'true' } });
    try {
      expect((await post(system, '/api/auth/login', { email: 'test@example.com', password: 'password' })).status).toBe(
        401,
      );
    } finally {
      await system.stop();
    }
  });
});

describe('A configuration that cannot work', () => {
  const wrong = {
    AUTH_POOL_MAX: '500',
    ACCESS_TOKEN_SECONDS: '-5',
    SESSION_SECONDS: '1e9',
    PUBLIC_URL: 'chat.example.com',
    REDIS_URL: 'http://localhost:6379',
    ALLOWED_ORIGINS: 'https://chat.example.com/',
    TRUST_PROXY: '10.0.0.0/8, 10.0.0.0/33',
    LOG_LEVEL: 'loud',
    HEALTH_PORT: '99999',
    FECHATTER_DATA_DRI: '/data',
    FECHATTER_COLOUR: 'red',
  };

  it.each(['start', 'start-distributed'])('stops %s with every problem at once, and what to do', async (launcher) => {
    const env = { ...(await environment(dataDir)), ...wrong };
    const { code, output } = await runCommand([`apps/cli/${launcher}.mjs`], env);
    expect(code).toBe(1);
    const told = [...output.matchAll(/^ {2}- (.*)$/gm)].map(([, problem]) => problem);
    expect(told.sort()).toEqual([
      'ACCESS_TOKEN_SECONDS: must be a whole number from 5 to 600 (life of an access token)',
      expect.stringMatching(/^ALLOWED_ORIGINS: must be origins such as/),
      'AUTH_POOL_MAX: must be a whole number from 4 to 200 (most connections of one auth process to PostgreSQL)',
      'FECHATTER_COLOUR: is no variable of Fechatter; remove it',
      'FECHATTER_DATA_DRI: is no variable of Fechatter; is FECHATTER_DATA_DIR meant?',
      expect.stringMatching(/^HEALTH_PORT: must be a whole number from 0 to 65535/),
      expect.stringMatching(/^LOG_LEVEL: .*"trace"\|"debug"\|"info"/),
      expect.stringMatching(/^PUBLIC_URL: must be a URL beginning with http:\/\/ or https:\/\//),
      expect.stringMatching(/^REDIS_URL: must be a URL beginning with redis:\/\/ or rediss:\/\//),
      expect.stringMatching(/^SESSION_SECONDS: must be a whole number from 600 to/),
      expect.stringMatching(/^TRUST_PROXY: must be addresses or networks/),
    ]);
  });

  it('stops a start whose pools together are more than PostgreSQL allows, though each alone would do', async () => {
    const pools = { AUTH_POOL_MAX: '40', CHAT_POOL_MAX: '40', MESSAGE_POOL_MAX: '40' };
    const { code, output } = await runCommand(['apps/cli/start.mjs'], { ...(await environment(dataDir)), ...pools });
    expect(code).toBe(1);
    expect(output).toMatch(/together 128 connections are more than the 97 .*; lower them or raise max_connections/);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('stops a start with every pool that is too large alone, too', async () => {
    const pools = { AUTH_POOL_MAX: '98', CHAT_POOL_MAX: '150' };
    const { code, output } = await runCommand(['apps/cli/start.mjs'], { ...(await environment(dataDir)), ...pools });
    expect(code).toBe(1);
    for (const each of ['AUTH_POOL_MAX: 98', 'CHAT_POOL_MAX: 150'])
      expect(output).toContain(`- ${each} connections are more than the 97 that PostgreSQL has`);
    expect(output).toContain('together 266');
  });
});

async function untilLoginWorks(system: System): Promise<void> {
  const works = async () => (await post(system, '/api/auth/login', credentials)).status === 200;
  await eventually(works, 'the server recovers from the death of its PostgreSQL');
}
