import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The repository's folder, for the sources as for their build. */
export const root = new URL(import.meta.url.includes('/dist/test/') ? '../../../' : '../../', import.meta.url).pathname;
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** What `npm start` and its sister run: flags of Node and the launcher, behind `exec node`. */
const launchers = {
  standalone: scripts.start.split(' ').slice(2),
  distributed: scripts['start:distributed'].split(' ').slice(2),
};

/** Below those that systems give to outgoing connections: one of them would take a free port before its server does. */
const ports = { first: 10_240, beyond: 32_000 };

/** A port that was free a moment ago, and with it so many after it. */
export async function freePort(following = 0) {
  for (;;) {
    const port = randomInt(ports.first, ports.beyond - following);
    const wanted = Array.from({ length: 1 + following }, (_, index) => isFree(port + index));
    if (!(await Promise.all(wanted)).includes(false)) return port;
  }
}

async function isFree(port) {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/**
 * Starts Fechatter as a user would, on a data folder and ports of its own, and waits until it is ready.
 * @param {{ topology?: string, args?: string[], env?: Record<string, string | undefined>, dataDir?: string, port?: number }} options
 */
export async function startSystem({ topology = 'standalone', args = [], env = {}, dataDir, port } = {}) {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), `fechatter-${topology}-`));
  // A second gateway takes the next one.
  const chosen = port ?? (await freePort(1));
  const log = join(folder, 'server.log');
  const child = spawn(process.execPath, [...launchers[topology], ...args], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      PORT: String(chosen),
      HEALTH_PORT: '0',
      FECHATTER_DATA_DIR: folder,
      FECHATTER_VALIDATE_REPLIES: 'true',
      RATE_LIMITS: 'off',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = createWriteStream(log, { flags: 'a' });
  child.stdout.pipe(out, { end: false });
  child.stderr.pipe(out, { end: false });
  const exited = once(child, 'exit');
  letGo(child);
  const system = {
    url: `http://127.0.0.1:${chosen}`,
    port: chosen,
    dataDir: folder,
    child,
    log: () => readFileSync(log, 'utf8'),
    /** Ends it in good order and answers the exit code. The data folder goes too unless it was given. */
    async stop() {
      child.ref();
      child.kill('SIGTERM');
      const [code] = await exited;
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
      return code;
    },
    async kill() {
      child.ref();
      child.kill('SIGKILL');
      await exited;
    },
  };
  await ready(system, exited);
  return system;
}

/** A test that fails before it stops its server must neither hang its runner nor leave the server behind. */
function letGo(child) {
  child.unref();
  child.stdout.unref();
  child.stderr.unref();
  process.once('exit', () => child.kill('SIGKILL'));
}

async function ready(system, exited) {
  let ended = false;
  void exited.then(() => (ended = true));
  for (const until = Date.now() + 120_000; Date.now() < until; await pause(50)) {
    if (ended) throw new Error(`Fechatter ended while starting:\n${system.log()}`);
    const answer = await fetch(`${system.url}/health/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
  }
  await system.kill();
  throw new Error(`Fechatter was not ready in time:\n${system.log()}`);
}
