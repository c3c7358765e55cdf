import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Login } from '#contracts/auth.contract.js';
import type { Message, MessagePage } from '#contracts/message.contract.js';
import { eventually } from '#testing/eventually.js';
import { startSystem, type System } from '../e2e/system.js';
import { runCommand } from './command.js';
import { generateHistory, type HistoryLine } from './generated-history.js';
import { isNightly } from './nightly.js';

const interruptedLines = isNightly ? 20_000 : 6_000;
const crashes = isNightly ? 5 : 1;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fechatter-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function owner(system: System): Promise<Login> {
  const body = { email: 'owner@example.com', username: 'owner', password: 'a long password' };
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${system.url}/api/auth/register`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return (await response.json()) as Login;
}

function runImport(system: System, file: string) {
  const who = ['--url', system.url, '--email', 'owner@example.com', '--password', 'a long password'];
  return runCommand(['dist/apps/cli/import/main.js', file, ...who]);
}

async function get<Body>(system: System, path: string): Promise<Body> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ email: 'owner@example.com', password: 'a long password' });
  const login = (await (
    await fetch(`${system.url}/api/auth/login`, { method: 'POST', headers, body })
  ).json()) as Login;
  const response = await fetch(system.url + path, { headers: { authorization: `Bearer ${login.token}` } });
  return (await response.json()) as Body;
}

async function chatId(system: System, name: string): Promise<number> {
  const { chats } = await get<{ chats: { id: number; name: string }[] }>(system, '/api/chats');
  return chats.find((chat) => chat.name === name)?.id as number;
}

async function* messages(system: System, chat: number): AsyncGenerator<Message> {
  let position = 'after_seq=0';
  for (;;) {
    const page = await get<MessagePage>(system, `/api/messages?chat_id=${chat}&limit=200&${position}`);
    yield* page.messages;
    if (!page.has_more) return;
    position = `cursor=${encodeURIComponent(page.next_cursor as string)}`;
  }
}

async function* linesOf(path: string): AsyncGenerator<HistoryLine> {
  const file = createReadStream(path);
  for await (const line of createInterface({ input: path.endsWith('.gz') ? file.pipe(createGunzip()) : file }))
    yield JSON.parse(line) as HistoryLine;
}

/** Compares a chat with the lines of a file, one by one; senders by who is who, since names may carry a suffix. */
async function expectSame(system: System, chat: number, path: string): Promise<number> {
  const senders = new Map<string, number>();
  const found = messages(system, chat);
  let count = 0;
  for await (const line of linesOf(path)) {
    const { value } = (await found.next()) as { value: Message | undefined };
    count++;
    const ts = typeof line.ts === 'number' ? new Date(line.ts * 1000).toISOString() : new Date(line.ts).toISOString();
    const sender = senders.get(line.sender) ?? value?.sender_id;
    senders.set(line.sender, sender as number);
    const expected = { text: line.text, ts, sender, ordinal: count };
    const actual = { text: value?.content, ts: value?.created_at, sender: value?.sender_id, ordinal: value?.ordinal };
    if (JSON.stringify(expected) !== JSON.stringify(actual))
      expect({ line: count, ...actual }).toEqual({ line: count, ...expected });
  }
  expect((await found.next()).done).toBe(true);
  expect(new Set(senders.values()).size).toBe(senders.size);
  return count;
}

describe('An import', () => {
  it('stores a history line by line, and a second time nothing', async () => {
    const given = process.env.CORPUS;
    const file = given ?? join(folder, 'history.jsonl.gz');
    const lines = generateHistory(5_000);
    if (given === undefined) await writeFile(file, gzipSync(lines.map((line) => JSON.stringify(line)).join('\n')));
    const system = await startSystem({ env: { FECHATTER_VALIDATE_REPLIES: 'false' } });
    try {
      await owner(system);
      const first = await runImport(system, file);
      process.stdout.write(first.output);
      expect(first).toMatchObject({
        code: 0,
        output: expect.stringContaining(' 0 were there already, 0 refused') as unknown,
      });
      const [{ chat }] = [(await linesOf(file).next()).value as HistoryLine];
      const id = await chatId(system, chat);
      const count = await expectSame(system, id, file);
      process.stdout.write(`${count} lines read back by cursor equal the file\n`);
      const second = await runImport(system, file);
      expect(second).toMatchObject({
        code: 0,
        output: expect.stringContaining(`0 lines imported, ${count} were there already`) as unknown,
      });
      expect(await expectSame(system, id, file)).toBe(count);
    } finally {
      await system.stop();
    }
  }, 3_600_000);

  it('counts bad lines, names their numbers and takes the rest', async () => {
    const file = join(folder, 'bad.jsonl');
    const good = generateHistory(3, 'mixed').map((line) => JSON.stringify(line));
    const bad = [
      '{"chat":',
      '{"chat":"mixed","sender":"x","ts":"yesterday","text":"t"}',
      '{"chat":"mixed","sender":"x","ts":1,"text":""}',
      `{"chat":"mixed","sender":"x","ts":1,"text":"${'x'.repeat(140_000)}"}`,
      '{"chat":"mixed","sender":"x","ts":1,"text":"nul \\u0000"}',
    ];
    await writeFile(file, [good[0], ...bad, good[1], good[2]].join('\n'));
    const system = await startSystem();
    try {
      await owner(system);
      const { code, output } = await runImport(system, file);
      expect(code).toBe(0);
      expect(output).toContain('3 lines imported, 0 were there already, 5 refused');
      for (const line of [2, 3, 4, 5, 6]) expect(output).toContain(`line ${line}:`);
    } finally {
      await system.stop();
    }
  });

  it(`survives kill -9 of the server ${crashes} times: nothing lost, nothing twice, no holes`, async () => {
    const file = join(folder, 'interrupted.jsonl');
    await writeFile(
      file,
      generateHistory(interruptedLines, 'interrupted')
        .map((line) => JSON.stringify(line))
        .join('\n'),
    );
    let system = await startSystem({ env: { FECHATTER_VALIDATE_REPLIES: 'false' } });
    const { dataDir, port } = system;
    try {
      await owner(system);
      const importing = runImport(system, file);
      for (let crash = 0; crash < crashes; crash++) {
        await untilImported(system, (crash + 1) * 2_000);
        await system.kill();
        system = await startSystem({ dataDir, port, env: { FECHATTER_VALIDATE_REPLIES: 'false' } });
      }
      const { code, output } = await importing;
      expect({ code, output }).toMatchObject({ code: 0 });
      const id = await chatId(system, 'interrupted');
      expect(await expectSame(system, id, file)).toBe(interruptedLines);
      const seqs: number[] = [];
      for await (const { seq } of messages(system, id)) seqs.push(seq);
      expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] as number) + index));
    } finally {
      await system.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 600_000);
});

/** Waits until so many lines are stored, so that each crash really happens in the middle. */
async function untilImported(system: System, count: number): Promise<void> {
  await eventually(async () => {
    const { chats } = await get<{ chats: { name: string; last_seq: number }[] }>(system, '/api/chats');
    return (chats.find(({ name }) => name === 'interrupted')?.last_seq ?? 0) >= count;
  });
}
