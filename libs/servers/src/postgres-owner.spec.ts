import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { inspectProcess } from './process-table.js';

// The owner has to be a process of its own. Node runs JavaScript only, so SWC turns the sources into it first.
const ownerProgram = `
  import { startPostgres } from './postgres.js';
  try {
    const server = await startPostgres({ dataDir: process.argv[1], durability: 'off' });
    console.log('started ' + server.pid);
    process.stdin.resume().on('end', async () => { await server.stop(); process.exit(0); });
  } catch (error) {
    console.log(error.code + ' ' + error.message);
  }
`;

let dataDir: string;
let programs: string;
let owners: ChildProcess[];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'servers-owner-'));
  programs = mkdtempSync(join(tmpdir(), 'servers-owner-programs-'));
  writeFileSync(join(programs, 'package.json'), '{"type":"module"}');
  symlinkSync(resolve('node_modules'), join(programs, 'node_modules'));
  owners = [];
  const swc = spawn(
    process.execPath,
    [
      'node_modules/@swc/cli/bin/swc.js',
      'libs/servers/src',
      '--out-dir',
      programs,
      '--ignore',
      '**/*.spec.ts',
      '--quiet',
    ],
    { stdio: 'inherit' },
  );
  expect(await ended(swc)).toBe(0);
});

afterEach(async () => {
  await Promise.all(
    owners.map(async (owner) => {
      const end = ended(owner);
      owner.stdin?.end();
      await end;
    }),
  );
  for (const folder of [dataDir, programs])
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

async function ended(child: ChildProcess): Promise<number | null> {
  return (child.exitCode ?? child.signalCode) ? child.exitCode : await new Promise((done) => child.once('close', done));
}

function folders(): string[] {
  return readdirSync(dataDir).sort();
}

function spawnOwner(env?: NodeJS.ProcessEnv): ChildProcess {
  const source = ownerProgram.replace('./postgres.js', join(programs, 'libs/servers/src/postgres.js'));
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', source, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(env && { env }),
  });
  owners.push(owner);
  return owner;
}

/** Starts an owner and waits for the first thing that it says. */
async function startOwner(env?: NodeJS.ProcessEnv): Promise<{ owner: ChildProcess; said: string }> {
  const owner = spawnOwner(env);
  const said = await new Promise<string>((done) => {
    createInterface({ input: owner.stdout! }).once('line', done);
    owner.once('close', (code) => done(`ended with ${code}`));
  });
  return { owner, said };
}

it('recovers after kill -9 of the owner at once, and the server of the dead owner is gone', async () => {
  const first = await startOwner();
  const pid = Number(/^started (\d+)$/.exec(first.said)?.[1]);
  first.owner.kill('SIGKILL');
  await ended(first.owner);
  const second = await startOwner();
  expect(second.said).toMatch(/^started \d+$/);
  expect(inspectProcess(pid)).toBeUndefined();
});

it('stops the server that a dead owner left behind where the system does not do it', async () => {
  const path = join(programs, 'path');
  mkdirSync(path);
  for (const program of ['/usr/bin/unshare', '/usr/bin/true']) symlinkSync(program, join(path, basename(program)));
  const first = await startOwner({ PATH: path });
  const pid = Number(/^started (\d+)$/.exec(first.said)?.[1]);
  first.owner.kill('SIGKILL');
  await ended(first.owner);
  expect(inspectProcess(pid)?.command).toContain(dataDir);
  expect((await startOwner()).said).toMatch(/^started \d+$/);
  expect(inspectProcess(pid)).toBeUndefined();
});

it('names the process that uses the folder, and leaves its server alone', async () => {
  const first = await startOwner();
  const second = await startOwner();
  expect(second.said).toBe(
    `in_use The data folder ${dataDir} is in use by process ${first.owner.pid}. Stop that one first, or choose another folder.`,
  );
  expect(readFileSync(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]).toBe(
    /\d+$/.exec(first.said)![0],
  );
});

it('recovers after kill -9 of the owner in the middle of the first start', async () => {
  const owner = spawnOwner();
  const initdbRuns = (): boolean =>
    inspectProcess(owner.pid!) !== undefined && folders().some((name) => name.startsWith('initdb-'));
  while (!initdbRuns()) await new Promise((done) => setTimeout(done, 5));
  owner.kill('SIGKILL');
  await ended(owner);
  expect((await startOwner()).said).toMatch(/^started \d+$/);
  expect(folders()).toEqual(['cluster', 'owner.lock', 'password']);
});
