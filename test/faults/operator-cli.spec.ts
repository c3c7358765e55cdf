import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSystem, type System } from '../e2e/system.js';
import { runCommand, type Outcome } from './command.js';

const account = { email: 'ada@example.com', username: 'ada', password: 'a long password' };
const text = 'a wombat that nobody else may see';

let system: System;
beforeAll(async () => {
  system = await startSystem();
  const { token } = (await (await post('/api/auth/register', account)).json()) as { token: string };
  expect((await post('/api/messages', { chat_id: 1, content: text }, token)).status).toBe(201);
});
afterAll(() => system.stop());

function post(path: string, body: object, token = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return fetch(system.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Beside the server, on its data folder. */
function run(...args: string[]): Promise<Outcome> {
  return runCommand(['apps/cli/run.mjs', ...args], { FECHATTER_DATA_DIR: system.dataDir });
}

describe('npm run db:explain', () => {
  it('names the statements of every service', async () => {
    const { code, output } = await run('db-explain');
    expect(code).toBe(0);
    for (const service of ['auth', 'chat', 'database', 'message', 'search'])
      expect(output).toMatch(new RegExp(`^${service}\\n  ${service}\\.`, 'm'));
  });

  it('shows the plan of one, with parameters out of the data or with those that are given', async () => {
    const chosen = await run('db-explain', 'message.list_before');
    expect(chosen).toMatchObject({ code: 0, output: expect.stringMatching(/^message\.list_before\n/) });
    expect(chosen.output).toMatch(/ {2}\$1 = 1\n[^]*in all \d+\.\d\d ms, \d+ buffers/);
    const given = await run('db-explain', 'database.ping', '--params', '[]');
    expect(given).toMatchObject({ code: 0, output: expect.stringContaining('Result') });
    expect(chosen.output + given.output).not.toContain(text);
  });

  it.each([
    ['an unknown statement', ['message.everything'], 1, 'There is no statement "message.everything"'],
    ['two statements', ['message.list_before', 'database.ping'], 2, 'Name one statement.'],
    ['parameters that are no array', ['database.ping', '--params', '{}'], 2, '--params is no JSON array.'],
  ])('refuses %s with a sentence', async (_, args, code, sentence) => {
    const answer = await run('db-explain', ...args);
    expect(answer).toMatchObject({ code, output: expect.stringContaining(sentence) });
    expect(answer.output).not.toMatch(/\n\s+at /);
  });
});

describe('npm run db:advise', () => {
  it('compares every setting of the advice with the running server, and leaves with 1 where one differs', async () => {
    const { code, output } = await run('db-advise', '--memory', '8');
    expect(output).toMatch(/^DIFFERS +shared_buffers +\S+ +advised 2048MB: /m);
    expect(output).toMatch(/^ok +\w+ +\S+$/m);
    expect(output).toContain('Statements are not counted: set shared_preload_libraries');
    expect(code).toBe(1);
  });

  it('refuses a memory that is none', async () => {
    expect(await run('db-advise', '--memory', 'much')).toMatchObject({
      code: 2,
      output: expect.stringContaining('--memory is a number of GB.'),
    });
  });
});

describe('npm run bench and npm run profile', () => {
  it('name every bench', async () => {
    const { code, output } = await run('bench');
    expect(code).toBe(0);
    for (const name of ['sends', 'fanout', 'storm', 'micro', 'all', 'report'])
      expect(output).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
  });

  it.each([
    ['bench', 'wombats', 'There is no bench "wombats".'],
    ['profile', 'wombats', 'There is no bench "wombats".'],
    ['profile', undefined, 'Name a bench.'],
    ['bench', 'sends --topology round', 'There is no topology "round".'],
    ['profile', 'sends --topology round', 'There is no topology "round".'],
  ])('%s %s is refused with a sentence and the usage', async (command, args, sentence) => {
    const { code, output } = await run(command, ...(args?.split(' ') ?? []));
    expect(code).toBe(2);
    expect(output).toContain(sentence);
    expect(output).toContain(`npm run ${command} -- `);
    expect(output).not.toMatch(/\n\s+at /);
  });
});

describe('--help', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  // The rest are tools of others, which explain themselves.
  const commands = Object.keys(scripts).filter((name) => !/^(build|format|check:\w+|test:unit)$/.test(name));

  it('is there for more than twenty commands', () => expect(commands.length).toBeGreaterThan(20));

  it.concurrent.each(commands)('of npm run %s says how it is used, and does nothing', async (command) => {
    const args = ['run', '--silent', command, '--', '--help'];
    const { stdout } = await promisify(execFile)('npm', args, { timeout: 60_000 });
    expect(stdout).toMatch(/^.*npm (run |start|test)/);
  });
});
