import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { authEvent } from '#contracts/auth.contract.js';
import { importRpc, type ImportLine } from '#contracts/import.contract.js';
import { workspaceRpc, type WorkspaceRole } from '#contracts/workspace.contract.js';
import { eventually } from '#testing/eventually.js';
import { startGateway, userIdOf, type TestGateway } from '../gateway.fixture.js';

const path = '/api/workspaces/4/import';
const ndjson = { 'content-type': 'application/x-ndjson' };
const at = '2026-01-31T12:00:00.000Z';

let gateway: TestGateway;
let role: WorkspaceRole = 'owner';
let chunks: ImportLine[][] = [];
/** Chunks wait for it. */
let gate: Promise<void> = Promise.resolve();

beforeAll(async () => {
  gateway = await startGateway();
  const stats = { member_count: 1, chat_count: 1, message_count: 0 };
  gateway.bus.serve(workspaceRpc.get, async () => ({ id: 4, name: 'w', role, created_at: at, updated_at: at, stats }), {
    queue: 'chat',
  });
  gateway.bus.serve(
    importRpc.lines,
    async ({ lines }, { caller }) => {
      expect(userIdOf(caller)).toBe(7);
      await gate;
      chunks.push([...lines]);
      const refused = lines.flatMap(({ text }, index) => (text === 'refused' ? { index, reason: 'archived' } : []));
      return { imported: lines.length - 1 - refused.length, skipped: 1, refused };
    },
    { queue: 'chat' },
  );
});

afterAll(() => gateway.close());

beforeEach(() => {
  role = 'owner';
  chunks = [];
  gate = Promise.resolve();
});

function line(text: string): string {
  return JSON.stringify({ chat: 'ubuntu', sender: 'ann', ts: 1_089_000_000.5, text });
}

function open(headers: readonly string[]): Socket {
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined);
  const head = [`POST ${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${gateway.token}`, ...headers];
  socket.write(`${head.join('\r\n')}\r\nContent-Type: application/x-ndjson\r\n\r\n`);
  return socket;
}

/** What comes back while the body is still being sent. */
async function answerTo(headers: readonly string[], body: string): Promise<string> {
  const socket = open(headers);
  socket.write(body);
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes('request_id')) break;
  }
  return text;
}

describe('an import', () => {
  it('takes the good lines in order and names the bad ones by their number', async () => {
    const lines = [
      line('one'),
      '{"chat":"ubuntu"',
      '',
      line('two'),
      JSON.stringify({ chat: 'ubuntu', sender: 'ann', ts: -1, text: 'x' }),
      line('x'.repeat(130 * 1024)),
      line('refused'),
      JSON.stringify({ chat: 'ubuntu', sender: 'ann', ts: 1, text: 'x', extra: 1 }),
      `${line('drei ü 日本')}\r`,
      JSON.stringify({ chat: 'ubuntu', sender: 'ann', ts: at, text: 'a\0b' }),
      line('last'),
    ];
    const { status, json } = await gateway.send('POST', path, {
      token: gateway.token,
      headers: ndjson,
      raw: lines.join('\n'),
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ imported: 3, skipped: 1, failed: 6 });
    const errors = json['errors'] as { line: number; reason: string }[];
    expect(errors.map(({ line: number }) => number)).toEqual([2, 5, 6, 7, 8, 10]);
    expect(errors[3]?.reason).toBe('archived');
    expect(chunks.flat().map(({ text }) => text)).toEqual(['one', 'two', 'refused', 'drei ü 日本', 'last']);
  });

  it('hands on at most 500 lines or 256 KiB at once', async () => {
    const short = Array.from({ length: 1_201 }, (_, index) => line(`short ${index}`));
    await gateway.send('POST', path, { token: gateway.token, headers: ndjson, raw: short.join('\n') });
    expect(chunks.map(({ length }) => length)).toEqual([500, 500, 201]);
    expect(chunks.flat().map(({ text }) => text)).toEqual(short.map((text) => (JSON.parse(text) as ImportLine).text));
    chunks = [];
    const long = Array.from({ length: 50 }, () => line('y'.repeat(16_000)));
    await gateway.send('POST', path, { token: gateway.token, headers: ndjson, raw: `${long.join('\n')}\n` });
    expect(chunks.flat()).toHaveLength(50);
    for (const chunk of chunks) expect(JSON.stringify(chunk).length).toBeLessThan(270 * 1024);
  });

  it('reads no further ahead than a little while a chunk is being stored', async () => {
    let release: () => void = () => undefined;
    gate = new Promise((resolve) => (release = resolve));
    let given = 0;
    const total = 20_000;
    const block = `${line('z'.repeat(2_000))}\n`.repeat(20);
    async function* body(): AsyncGenerator<Uint8Array> {
      for (; given < total; given += 20) {
        yield Buffer.from(block);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const answer = gateway.send('POST', path, {
      token: gateway.token,
      headers: ndjson,
      raw: body() as unknown as NonNullable<RequestInit['body']>,
    });
    // Sender and gateway share this event loop: what can move moves within a few of its turns, however busy the machine.
    for (let still = 0; still < 1_000; still++) {
      const seen = given;
      await new Promise((resolve) => setImmediate(resolve));
      if (seen !== given) still = 0;
    }
    // 40 MB in all; sockets and buffers hold a few.
    expect(given).toBeLessThan(total / 2);
    release();
    expect((await answer).json).toMatchObject({ failed: 0 });
    expect(chunks.flat()).toHaveLength(total);
  });

  it('goes on when the access token expires meanwhile', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 2;
    const late = `${line('late')}\n`;
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${line('early')}\n`.repeat(501));
      await eventually(() => chunks.length > 0 && Date.now() > exp * 1_000);
      yield Buffer.from(late);
    }
    const raw = body() as unknown as NonNullable<RequestInit['body']>;
    const token = await gateway.issuer.sign({ exp });
    const { status, json } = await gateway.send('POST', path, { token, headers: ndjson, raw });
    expect({ status, json }).toMatchObject({ status: 200, json: { imported: 500, skipped: 2, failed: 0 } });
    expect(chunks.map(({ length }) => length)).toEqual([500, 2]);
  });

  it('ends with the session, and says how far it has come', async () => {
    const rest = `${line('late')}\n`.repeat(501);
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${line('early')}\n${line('refused')}\n`.repeat(251));
      await eventually(() => chunks.length > 0);
      gateway.bus.publish(authEvent.revoked, {}, gateway.issuer.revoke(7, 71));
      yield Buffer.from(rest);
    }
    const raw = body() as unknown as NonNullable<RequestInit['body']>;
    const token = await gateway.issuer.sign({ sid: 71 });
    const answer = await gateway.send('POST', path, { token, headers: ndjson, raw });
    expect([answer.status, answer.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(answer.text).toContain('249 stored, 1 there before, 250 refused');
    expect(chunks.flat()).toHaveLength(500);
  });

  it('of somebody who does not own the workspace is refused before the body is read', async () => {
    role = 'admin';
    const body = `${line('x'.repeat(10_000))}\n`.repeat(3_000);
    expect(await answerTo(['Transfer-Encoding: chunked'], '')).toMatch(/^HTTP\/1\.1 403 [^]*"FORBIDDEN"/);
    expect(await answerTo([`Content-Length: ${Buffer.byteLength(body)}`], body)).toMatch(
      /^HTTP\/1\.1 403 [^]*"FORBIDDEN"/,
    );
    expect(chunks).toEqual([]);
  });

  it('is cut off when its sender goes on after the refusal', async () => {
    role = 'guest';
    const socket = open(['Transfer-Encoding: chunked']);
    // Being cut off while it writes is an error for the socket, which may come before the end.
    const closed = new Promise((resolve) => socket.resume().once('close', resolve));
    const sending = setInterval(() => socket.write('2\r\n{}\r\n'), 50);
    await closed;
    clearInterval(sending);
  });

  it('has to be NDJSON', async () => {
    const answer = await gateway.send('POST', path, { token: gateway.token, body: { chat: 'x' } });
    expect([answer.status, answer.code]).toEqual([400, 'BAD_REQUEST']);
    const empty = await gateway.send('POST', path, { token: gateway.token, headers: ndjson });
    expect([empty.status, empty.json['imported']]).toEqual([200, 0]);
  });
});
