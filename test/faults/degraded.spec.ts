import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSystem, type System } from '../e2e/system.js';
import { descendantsOf } from './processes.js';
import { eventually } from '#testing/eventually.js';

const account = { email: 'keeper@example.com', username: 'keeper', password: 'a long password' };
const times = 120;

let system: System;
let url: string;
let token: string;
const acknowledged: string[] = [];

interface Answer {
  readonly status: number;
  readonly ms: number;
}

async function ask(method: string, path: string, body?: object): Promise<Answer & { readonly json: unknown }> {
  const started = performance.now();
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  const json = await response.json();
  return { status: response.status, ms: performance.now() - started, json };
}

async function send(content: string): Promise<Answer> {
  const answer = await ask('POST', '/api/messages', { chat_id: 1, content });
  if (answer.status === 201) acknowledged.push(content);
  return answer;
}

/** Sends and reads, eight at a time. */
async function load(name: string): Promise<Answer[]> {
  const answers: Answer[] = [];
  const lane = async (number: number) => {
    for (let round = 0; round < times / 8; round++) {
      answers.push(await send(`${name} ${number} ${round}`));
      answers.push(await ask('GET', '/api/messages?chat_id=1&limit=20'));
    }
  };
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(lane));
  return answers;
}

function summary(name: string, answers: readonly Answer[]): { errors: number; p99: number } {
  const errors = answers.filter(({ status }) => status >= 500).length;
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
  const rate = ((100 * errors) / answers.length).toFixed(1);
  process.stdout.write(`${name}: ${answers.length} requests, ${rate} % errors, p99 ${p99.toFixed(0)} ms\n`);
  return { errors, p99 };
}

/** The process whose command holds this. */
function processOf(command: string): number {
  const [found] = descendantsOf(system.child.pid as number).filter((one) => one.command.includes(command));
  if (found === undefined) throw new Error(`No ${command} runs`);
  return found.pid;
}

/** Does the work while the process is frozen: its connections stay open, and nothing answers. */
async function whilePaused<Result>(command: string, work: () => Promise<Result>): Promise<Result> {
  const pid = processOf(command);
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

beforeAll(async () => {
  system = await startSystem({ topology: 'distributed' });
  url = `http://127.0.0.1:${system.port}`;
  ({ token } = (await ask('POST', '/api/auth/register', account)).json as { token: string });
  summary('nothing down', await load('calm'));
});
afterAll(() => system.kill());

describe('The chat goes on', () => {
  it('without an error while Redis hangs, and after it died', async () => {
    const hangs = await whilePaused('redis-server', () => load('redis hangs'));
    expect(summary('Redis hangs', hangs).errors).toBe(0);
    const loading = load('redis dies');
    process.kill(processOf('redis-server'), 'SIGKILL');
    expect(summary('Redis dies', await loading).errors).toBe(0);
  });

  it('while search hangs, whose own answers are 503', async () => {
    await whilePaused('apps/search/src/main.js', async () => {
      const [answers, search] = await Promise.all([load('search hangs'), ask('GET', '/api/search/messages?q=calm')]);
      expect(summary('search hangs', answers).errors).toBe(0);
      expect(search.status).toBe(503);
    });
    await eventually(
      async () => (await ask('GET', '/api/search/messages?q=calm')).status === 200,
      'search answers again',
    );
  });

  it('while the chat service hangs: sends and reads do not ask it', async () => {
    const answers = await whilePaused('apps/chat/src/main.js', () => load('chat hangs'));
    expect(summary('chat hangs', answers).errors).toBe(0);
  });

  it('while auth hangs: valid tokens go on', async () => {
    const answers = await whilePaused('apps/auth/src/main.js', () => load('auth hangs'));
    expect(summary('auth hangs', answers).errors).toBe(0);
  });

  it('by itself after NATS hung: meanwhile 503 and nothing hangs, and nothing acknowledged is lost', async () => {
    const answers = await whilePaused('nats-server', async () => {
      // Until the gateway has noticed.
      await eventually(async () => (await send('nats notices')).status === 503, '503');
      return Promise.all([1, 2, 3, 4].map((number) => send(`nats hangs ${number}`)));
    });
    summary('NATS hangs', answers);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    await eventually(async () => (await send('nats is back')).status === 201, 'sends again');
    const stored = new Set<string>();
    for (let cursor = '', more = true; more;) {
      const path = `/api/messages?chat_id=1&limit=100${cursor}`;
      const page = (await ask('GET', path)).json as {
        messages: { content: string; seq: number }[];
        has_more: boolean;
      };
      for (const { content } of page.messages) stored.add(content);
      cursor = `&before_seq=${page.messages.at(-1)?.seq}`;
      more = page.has_more;
    }
    expect(acknowledged.filter((content) => !stored.has(content))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(600);
  });
});
