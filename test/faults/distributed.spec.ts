import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres } from '#servers/postgres.js';
import { freePort, startSystem, type System } from '../e2e/system.js';
import { runCommand, type Outcome } from './command.js';
import { atNight } from './nightly.js';
import { descendantsOf, untilGone, type Process } from './processes.js';
import { eventually } from '#testing/eventually.js';

const account = { email: 'keeper@example.com', username: 'keeper', password: 'a long password' };

function post(url: string, path: string, body: object, token = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return fetch(url + path, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
}

/** The processes of an app under a launcher. */
function processesOf(launcher: ChildProcess, app: string): Process[] {
  return descendantsOf(launcher.pid as number).filter(({ command }) => command.includes(`apps/${app}/src/main.js`));
}

function kill(processes: readonly Process[]): Process {
  const [victim] = processes;
  if (victim === undefined) throw new Error('There is nothing to kill');
  process.kill(victim.pid, 'SIGKILL');
  return victim;
}

function startDistributed(args: string[] = [], port?: number): Promise<System> {
  return startSystem({ topology: 'distributed', args, ...(port === undefined ? {} : { port }) });
}

describe('Two gateways and three message services', () => {
  let system: System;
  let urls: string[];
  let token: string;

  beforeAll(async () => {
    const port = await freePort(1);
    system = await startDistributed(['--gateways', '2', '--message', '3'], port);
    urls = [port, port + 1].map((number) => `http://127.0.0.1:${number}`);
    await eventually(() => system.log().includes('8 processes'), 'all are ready');
    const registered = await post(urls[0] as string, '/api/auth/register', account);
    ({ token } = (await registered.json()) as { token: string });
  });
  afterAll(() => system.kill());

  /** Every gateway serves, and ten sends in a row, whichever message service they meet, are stored. */
  async function expectServing(): Promise<void> {
    for (const url of urls)
      await eventually(async () => {
        for (let sent = 0; sent < 10; sent++) {
          const answer = await post(url, '/api/messages', { chat_id: 1, content: `${url} ${sent}` }, token).catch(
            () => undefined,
          );
          if (answer?.status !== 201) return false;
        }
        return true;
      }, `${url} stores messages`);
  }

  it('are that many processes, and serve', async () => {
    expect(processesOf(system.child, 'gateway')).toHaveLength(2);
    expect(processesOf(system.child, 'message')).toHaveLength(3);
    await expectServing();
  });

  it.each(['message', 'gateway'])('are as many again after kill -9 of a %s, and serve', async (app) => {
    const before = processesOf(system.child, app);
    const victim = kill(before);
    await eventually(() => {
      const now = processesOf(system.child, app);
      return now.length === before.length && now.every(({ pid }) => pid !== victim.pid) ? now : undefined;
    }, `a new ${app}`);
    await expectServing();
    expect(system.log()).toMatch(new RegExp(`${app}-\\d ended by itself \\(SIGKILL\\) and is started again`));
  });

  it.each(['nats-server', 'redis-server'])('serve again after kill -9 of the %s', async (program) => {
    const servers = () => descendantsOf(system.child.pid as number).filter(({ command }) => command.includes(program));
    const victim = kill(servers());
    await eventually(() => servers().find(({ pid }) => pid !== victim.pid), `a new ${program}`);
    await expectServing();
  });

  it('end with SIGTERM to the launcher: gateways first, once they have answered, then the rest; it leaves with 0', async () => {
    const all = descendantsOf(system.child.pid as number);
    const request = await beginSend(system.port, token);
    const stopping = system.stop();
    await eventually(() => processesOf(system.child, 'gateway').length === 1, 'the gateway without a request has gone');
    const living = descendantsOf(system.child.pid as number).filter(({ command }) => command.includes('src/main.js'));
    // One gateway has a request to answer, and six services stay for it.
    expect(living).toHaveLength(7);
    expect(await request.finish()).toMatch(/^HTTP\/1.1 201 /);
    expect(await stopping).toBe(0);
    await untilGone(all, 2_000);
  });
});

/** Sends the first half of a request; `finish` sends the other and answers what comes back. */
async function beginSend(port: number, token: string): Promise<{ finish(): Promise<string> }> {
  const body = JSON.stringify({ chat_id: 1, content: 'sent while the server stops' });
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const head = `POST /api/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${token}`;
  socket.write(
    `${head}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body[0]}`,
  );
  // Answered by the same gateway after it has read what came before.
  await fetch(`http://127.0.0.1:${port}/health/live`);
  return {
    finish: async () => {
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      socket.write(body.slice(1));
      await once(socket, 'close');
      return answer;
    },
  };
}

describe('The death of the launcher', () => {
  it('by kill -9 leaves no process', async () => {
    const system = await startDistributed();
    const all = descendantsOf(system.child.pid as number);
    expect(all.length).toBeGreaterThanOrEqual(8);
    await system.kill();
    await untilGone(all);
    await rm(system.dataDir, { recursive: true, force: true });
  });

  atNight('follows that of the npm which started it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fechatter-npm-'));
    const env = { ...process.env, PORT: '0', HEALTH_PORT: '0', FECHATTER_DATA_DIR: folder, NODE_ENV: 'test' };
    const npm = spawn('npm', ['run', 'start:distributed'], { env });
    let output = '';
    npm.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await eventually(() => output.includes('is ready'), 'Fechatter is ready', 60_000);
    const all = descendantsOf(npm.pid as number);
    npm.kill('SIGKILL');
    await untilGone(all);
    await rm(folder, { recursive: true, force: true });
  });
});

describe('The launcher ends', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fechatter-launcher-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  let system: System | undefined;
  afterEach(async () => {
    await system?.kill();
    system = undefined;
  });

  function launch(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
    const settings = { PORT: '0', HEALTH_PORT: '0', FECHATTER_DATA_DIR: folder, NODE_ENV: 'test', LOG_LEVEL: 'warn' };
    return runCommand(['apps/cli/start-distributed.mjs', ...args], { ...settings, ...env });
  }

  it.each(['--gateways 0', '--message three', '--chat=21', '--nonsense', 'word'])(
    'with 2 and the usage for %s',
    async (args) => {
      const { code, output } = await launch(args.split(' '));
      expect(code).toBe(2);
      expect(output).toContain('npm run start:distributed');
      expect(output).not.toMatch(/\n\s+at /);
    },
  );

  it('with a sentence when a port is taken, before anything is started', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    const { code, output } = await launch(['--gateways', '2'], { PORT: String(port - 1) });
    blocker.close();
    expect(code).toBe(1);
    expect(output).toMatch(new RegExp(`Port ${port}|Port ${port - 1}`));
    expect(output).not.toMatch(/\n\s+at |Starting/);
  });

  it('with every problem of its own configuration at once', async () => {
    const { code, output } = await launch([], { NATS_URL: 'http://here', REDIS_URL: 'there', LOG_LEVEL: 'loud' });
    expect(code).toBe(1);
    for (const name of ['NATS_URL', 'REDIS_URL', 'LOG_LEVEL']) expect(output).toContain(name);
  });

  it('with every problem of an app that could not start, before anything is started', async () => {
    const { code, output } = await launch([], { SIGNING_KEY_SECONDS: 'long', ACCESS_TOKEN_SECONDS: '1' });
    expect(code).toBe(1);
    expect(output).toContain('SIGNING_KEY_SECONDS: must be a whole number');
    expect(output).toContain('ACCESS_TOKEN_SECONDS');
    expect(output.match(/SIGNING_KEY_SECONDS/g)).toHaveLength(1);
    expect(output).not.toMatch(/\n\s+at |Starting|did not start/);
  });

  it('with every pool that PostgreSQL has no room for, before any app is started', async () => {
    const { code, output } = await launch(['--message', '4'], { AUTH_POOL_MAX: '150', MESSAGE_POOL_MAX: '30' });
    expect(code).toBe(1);
    expect(output).toMatch(/- AUTH_POOL_MAX: 150 connections are more than the 97 /);
    expect(output).toMatch(/- 4 x MESSAGE_POOL_MAX: 120 connections are more than the 97 /);
    expect(output).toMatch(/AUTH_POOL_MAX \+ CHAT_POOL_MAX \+ 4 x MESSAGE_POOL_MAX \+ SEARCH_POOL_MAX: together 288 /);
    expect(output).not.toMatch(/\n\s+at |did not start/);
  });

  it('when an app cannot start, with what the app said, and tries it once only', async () => {
    const server = await startPostgres({ dataDir: join(folder, 'given') });
    const admin = new pg.Client(server.adminUrl);
    await admin.connect();
    await admin.query('CREATE ROLE fechatter_auth; ALTER ROLE fechatter_auth SET synchronous_commit = off');
    await admin.end();
    const { code, output } = await launch([], { NODE_ENV: 'production', DATABASE_ADMIN_URL: server.adminUrl });
    await server.stop();
    expect(code).toBe(1);
    expect(output).toContain('auth-0 did not start (exit code 1)');
    expect(output.match(/synchronous_commit = off/g)).toHaveLength(1);
    expect(output).not.toMatch(/\n\s+at /);
  });

  atNight('with a sentence when the given PostgreSQL or NATS is not there', async () => {
    const port = await freePort();
    const database = await launch([], { DATABASE_ADMIN_URL: `postgres://me:secret@localhost:${port}/postgres` });
    expect(database).toMatchObject({ code: 1, output: expect.stringContaining('DATABASE_ADMIN_URL cannot be used') });
    const nats = await launch([], { NATS_URL: `nats://127.0.0.1:${port}` });
    expect(nats).toMatchObject({ code: 1, output: expect.stringContaining('NATS does not answer') });
    for (const { output } of [database, nats]) expect(output).not.toMatch(/\n\s+at |secret/);
  });

  const hasNats = spawnSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/opt/homebrew/bin command -v nats-server']).status === 0;
  // Where the server is installed it need not be fetched.
  (hasNats ? it.skip : it)('with the line to type when a server cannot be fetched', async () => {
    const offline = join(folder, 'apt-get');
    await writeFile(offline, '#!/bin/sh\nexit 100\n');
    await chmod(offline, 0o755);
    const { code, output } = await launch([], {
      PATH: `${folder}:${process.env.PATH}`,
      FECHATTER_CACHE_DIR: join(folder, 'cache'),
    });
    expect(code).toBe(1);
    expect(output).toMatch(
      /nats-server is not on this machine.*Install it by: (sudo apt-get|brew) install nats-server/,
    );
    expect(output).not.toMatch(/\n\s+at /);
  });

  atNight('when an app keeps dying', async () => {
    system = await startDistributed();
    const { child } = system;
    const exited = once(child, 'exit') as Promise<[number]>;
    const killing = (async () => {
      while (child.exitCode === null) {
        const [victim] = processesOf(child, 'search');
        if (victim !== undefined) process.kill(victim.pid, 'SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const [code] = await exited;
    await killing;
    expect(code).toBe(1);
    expect(system.log()).toContain('search-0 keeps dying');
  });
});
