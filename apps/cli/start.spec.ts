import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '#testing/eventually.js';

// The real launcher and the real npm, in a small repository whose build copies one file and whose server waits for a signal.
const build = `
  import { appendFileSync, cpSync, existsSync, rmSync } from 'node:fs';
  rmSync('dist', { recursive: true, force: true });
  appendFileSync('done.log', 'build ');
  while (existsSync('hold')) await new Promise((resolve) => setTimeout(resolve, 10));
  if (existsSync('broken')) throw new Error('the sources are broken');
  cpSync('apps/standalone/src/main.ts', 'dist/apps/standalone/src/main.js');
`;
const server = `
  export async function main() {
    process.once('SIGTERM', () => { console.log('stopped in order'); process.exit(0); });
    setInterval(() => undefined, 1000);
    console.log('ready ' + process.pid);
  }
`;

// npm takes its time on a busy machine.
const patienceMs = 100_000;
jest.setTimeout(patienceMs + 20_000);

let repository: string;
let started: ChildProcess[];

beforeEach(() => {
  repository = realpathSync(mkdtempSync(join(tmpdir(), 'launcher-')));
  started = [];
  for (const path of ['start.mjs', 'prepare.mjs', 'launcher'])
    cpSync(join('apps/cli', path), join(repository, 'apps/cli', path), { recursive: true });
  mkdirSync(join(repository, 'apps/standalone/src'), { recursive: true });
  for (const name of ['dependency', 'another']) {
    mkdirSync(join(repository, name));
    write(`${name}/package.json`, JSON.stringify({ name, version: '1.0.0' }));
  }
  write('apps/standalone/src/main.ts', server);
  write('build.mjs', build);
  write('.swcrc', '{}');
  writeManifest({});
});

afterEach(async () => {
  rmSync(join(repository, 'hold'), { force: true });
  for (const child of started) child.kill('SIGKILL');
  await Promise.all(started.map(end));
  rmSync(repository, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

function write(path: string, content: string): void {
  writeFileSync(join(repository, path), content);
}

function writeManifest({ dependencies = ['dependency'], node = '>=20' }): void {
  const scripts = {
    start: 'exec node apps/cli/start.mjs',
    build: 'node build.mjs',
    postinstall: 'printf "install " >> done.log',
  };
  const root = {
    name: 'small',
    version: '1.0.0',
    type: 'module',
    dependencies: Object.fromEntries(dependencies.map((name) => [name, `file:${name}`])),
  };
  write('package.json', JSON.stringify({ ...root, private: true, scripts, engines: { node } }));
  const links = dependencies.map((name) => [`node_modules/${name}`, { resolved: name, link: true }] as const);
  const packages = {
    '': root,
    ...Object.fromEntries(links),
    ...Object.fromEntries(dependencies.map((name) => [name, { version: '1.0.0' }])),
  };
  write(
    'package-lock.json',
    JSON.stringify({ name: 'small', version: '1.0.0', lockfileVersion: 3, requires: true, packages }),
  );
}

interface Run {
  child: ChildProcess;
  output: () => string;
}

function run(program = process.execPath, args = ['apps/cli/start.mjs']): Run {
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'production' };
  delete env.npm_lifecycle_event;
  const child = spawn(program, args, { cwd: repository, env });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { child, output: () => output };
}

/** A run that ends before is told with what it has said. */
async function until({ child, output }: Run, condition: () => boolean): Promise<void> {
  const isSo = () => {
    if (condition()) return true;
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode} before:\n${output()}`);
    return false;
  };
  await eventually(isSo, output, patienceMs);
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return child.exitCode;
}

/** Starts, waits for the server, stops it, and answers what was done for it. */
async function startAndStop(): Promise<string> {
  rmSync(join(repository, 'done.log'), { force: true });
  const launcher = run();
  const { child, output } = launcher;
  await until(launcher, () => output().includes('ready'));
  child.kill('SIGTERM');
  expect(await end(child)).toBe(0);
  expect(output()).toContain('stopped in order');
  return existsSync(join(repository, 'done.log')) ? readFileSync(join(repository, 'done.log'), 'utf8').trim() : '';
}

it('installs and builds at the first start, and afterwards only what has changed', async () => {
  expect(await startAndStop()).toBe('install build');
  expect(await startAndStop()).toBe('');
  write('apps/standalone/src/main.ts', `${server}// changed`);
  expect(await startAndStop()).toBe('build');
  writeManifest({ dependencies: ['dependency', 'another'] });
  expect(await startAndStop()).toBe('install build');
});

it('builds again when the build was killed, with the launcher or by a signal to it', async () => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    write('hold', '');
    write('apps/standalone/src/main.ts', `${server}// ${signal}`);
    rmSync(join(repository, 'done.log'), { force: true });
    const killed = run();
    await until(
      killed,
      () =>
        existsSync(join(repository, 'done.log')) &&
        readFileSync(join(repository, 'done.log'), 'utf8').includes('build'),
    );
    killed.child.kill(signal);
    await end(killed.child);
    rmSync(join(repository, 'hold'));
    expect(await startAndStop()).toBe('build');
  }
});

it('lets two starts at once do the work once', async () => {
  const both = [run(), run()];
  for (const each of both) await until(each, () => each.output().includes('ready'));
  expect(readFileSync(join(repository, 'done.log'), 'utf8')).toBe('install build ');
});

it('shows what npm said when the build fails, and builds when the cause is removed', async () => {
  write('broken', '');
  const { child, output } = run();
  expect(await end(child)).toBe(1);
  expect(output()).toMatch(/the sources are broken[\s\S]*npm run build failed/);
  rmSync(join(repository, 'broken'));
  expect(await startAndStop()).toBe('build');
});

it('refuses a Node that the repository does not support', async () => {
  writeManifest({ node: '^99.1 || >=100' });
  const { child, output } = run();
  expect(await end(child)).toBe(1);
  expect(output()).toContain(`needs Node ^99.1 || >=100; this is ${process.versions.node}`);
  expect(existsSync(join(repository, 'done.log'))).toBe(false);
});

it('stops the server in order when the npm that started it is killed', async () => {
  const npm = run('npm', ['start']);
  await until(npm, () => npm.output().includes('ready'));
  npm.child.kill('SIGKILL');
  await until(npm, () => npm.output().includes('stopped in order'));
});
