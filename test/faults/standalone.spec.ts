import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { descendantsOf, untilGone } from './processes.js';
import { eventually } from '#testing/eventually.js';

let folder: string;
let child: ChildProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fechatter-start-'));
});
afterEach(async () => {
  const all = descendantsOf(child?.pid as number);
  child?.kill('SIGKILL');
  await untilGone(all);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** `npm start` without npm; `output` is what it has written so far. */
function start(
  program = process.execPath,
  args = ['apps/cli/start.mjs'],
): { process: ChildProcess; output: () => string } {
  const env = { ...process.env, PORT: '0', HEALTH_PORT: '0', FECHATTER_DATA_DIR: folder, NODE_ENV: 'test' };
  const started = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  let output = '';
  for (const stream of [started.stdout, started.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { process: started, output: () => output };
}

async function announced(output: () => string): Promise<string> {
  return eventually(() => /Chat API +(http:\S+)\/api/.exec(output())?.[1], 'the address is announced', 60_000);
}

describe('npm start', () => {
  it('announces the port that it really has, and leaves with 0 after Ctrl-C, which npm passes on a second time', async () => {
    const { process: server, output } = start();
    const url = await announced(output);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const exited = once(server, 'exit');
    server.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 5));
    server.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
  });

  it('leaves in order when it is stopped while it starts, and starts again', async () => {
    const { process: server } = start();
    const started = await eventually(() => {
      const children = descendantsOf(server.pid as number);
      return children.some(({ command }) => command.includes('postgres')) ? children : undefined;
    }, 'PostgreSQL has been started');
    const exited = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await untilGone(started);
    const again = start();
    await announced(again.output);
  });

  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  // util-linux has a `script` that gives a program a terminal and passes its output on.
  (stdout?.includes('util-linux') ? it : it.skip)(
    'tells a person at a terminal where to go, and nothing else',
    async () => {
      const { output } = start('script', ['-qec', `${process.execPath} apps/cli/start.mjs`, '/dev/null']);
      await announced(output);
      await eventually(() => output().includes('Stop with Ctrl-C'), 'it is told how to stop');
      expect(output()).not.toMatch(/[{}]/);
      expect(output().trim().split('\n')).toHaveLength(7);
    },
  );
});
