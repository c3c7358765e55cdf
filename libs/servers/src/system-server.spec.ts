import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './ask.js';
import { freePort } from './free-port.js';
import { startNats } from './nats.js';
import { inspectProcess } from './process-table.js';
import { startRedis } from './redis.js';
import type { SystemServer } from './system-server.js';

let dir: string;
let started: SystemServer[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'servers-'));
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()));
  rmSync(dir, { recursive: true, force: true });
});

const kinds = [
  { title: 'startNats', start: startNats, question: 'CONNECT {"verbose":false}\r\nPING\r\n', answer: /PONG/ },
  { title: 'startRedis', start: startRedis, question: 'PING\r\n', answer: /\+PONG/ },
];

describe.each(kinds)('$title', ({ start, question, answer }) => {
  async function begin(port?: number): Promise<SystemServer> {
    const server = await start({ dir, ...(port !== undefined && { port }) });
    started.push(server);
    return server;
  }

  it('starts a server that answers, and stops it', async () => {
    const server = await begin();
    expect(server.url).toMatch(new RegExp(`^(nats|redis)://127\\.0\\.0\\.1:${server.port}$`));
    await ask(server.port, question, answer);
    await server.stop();
    expect(inspectProcess(server.pid)).toBeUndefined();
    await expect(ask(server.port, question, answer)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('starts several at once, each on a port of its own', async () => {
    const servers = await Promise.all([begin(), begin(), begin()]);
    expect(new Set(servers.map(({ port }) => port)).size).toBe(3);
    await Promise.all(servers.map(({ port }) => ask(port, question, answer)));
  });

  it('starts again on the same port after kill -9', async () => {
    const first = await begin();
    await first.kill();
    await expect(first.exited).resolves.toBe('signal SIGKILL');
    const second = await begin(first.port);
    expect(second.pid).not.toBe(first.pid);
    await ask(second.port, question, answer);
  });

  it('answers nothing while paused, everything afterwards, and can be stopped while paused', async () => {
    const server = await begin();
    server.pause();
    const late = ask(server.port, question, answer);
    await expect(Promise.race([late, sleep(200, 'silence')])).resolves.toBe('silence');
    server.resume();
    await late;
    server.pause();
    await server.stop();
    expect(inspectProcess(server.pid)).toBeUndefined();
  });

  it('says which port is taken, and does not take the program that listens there for its own', async () => {
    const other = createServer((socket) => socket.end('INFO {"server_name":"other"} \r\n'));
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    await expect(begin(port)).rejects.toThrow(new RegExp(`cannot listen on port ${port}`));
    await new Promise((resolve) => other.close(resolve));
  });
});
