import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import { userRpc } from '#contracts/user.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { startGateway, type Answer, type Send, type TestGateway } from '../gateway.fixture.js';

let gateway: TestGateway;
let token: string;
/** What reached the services; a refused request adds nothing. */
const received: unknown[] = [];

const at = '2026-01-31T12:00:00.000Z';

function message(content: string, key: string | null): Message {
  const sender = { id: 7, username: 'ann', avatar_url: null };
  const none = { parent_id: null, reply_count: 0, mentions: [], reactions: [], edited_at: null, deleted_at: null };
  const place = { id: 1, chat_id: 3, seq: 1, ordinal: 1, version: 1 };
  return { ...place, ...none, sender_id: 7, sender, content, idempotency_key: key, created_at: at, updated_at: at };
}

beforeAll(async () => {
  gateway = await startGateway({ ALLOWED_ORIGINS: 'https://app.example.com', PUBLIC_URL: 'https://chat.example.com' });
  ({ token } = gateway);
  gateway.bus.serve(
    messageRpc.send,
    async (request) => {
      received.push(request);
      return message(request.content, request.idempotency_key ?? null);
    },
    { queue: 'message' },
  );
  gateway.bus.serve(
    userRpc.updateMe,
    async (request) => {
      received.push(request);
      const preferences = request.preferences ?? {};
      return { id: 7, username: 'ann', avatar_url: null, email: 'ann@example.com', preferences, created_at: at };
    },
    { queue: 'auth' },
  );
  gateway.bus.serve(
    workspaceRpc.list,
    async () => {
      throw new TypeError('connect ECONNREFUSED db.internal:5432 SELECT * FROM secrets');
    },
    { queue: 'chat' },
  );
});

afterAll(() => gateway.close());

async function send(options: Send): Promise<Answer> {
  return gateway.send('POST', '/api/messages', { token, ...options });
}

async function expectRefused(answer: Answer, status: number, code: string): Promise<void> {
  expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
  expect(answer.json).toEqual({ error: expect.any(Object), request_id: answer.headers.get('x-request-id') });
  expect(answer.text).not.toMatch(/node_modules|\.ts:|\.js:|at .*\(/);
}

describe('a body', () => {
  it('is taken when it is what the contract says', async () => {
    const { status, json } = await send({ body: { chat_id: 3, content: '**hi** \u{1F600}' } });
    expect(status).toBe(201);
    expect(json).toMatchObject({ id: 1, content: '**hi** \u{1F600}' });
  });

  it('is refused with every problem named when it is not', async () => {
    const before = received.length;
    const bodies: Record<string, unknown> = {
      'a missing field': { chat_id: 3 },
      'an unknown field': { chat_id: 3, content: 'x', sender_id: 8 },
      'a wrong type': { chat_id: '3', content: 'x' },
      'an id that is too large': { chat_id: 2 ** 53, content: 'x' },
      'an id that is negative': { chat_id: -1, content: 'x' },
      'a fraction': { chat_id: 1.5, content: 'x' },
      'no text': { chat_id: 3, content: '' },
      'text that is too long': { chat_id: 3, content: 'x'.repeat(16_385) },
      'a NUL': { chat_id: 3, content: 'a\0b' },
      'half a surrogate pair': { chat_id: 3, content: '\ud800' },
      'a list': [],
      null: null,
    };
    for (const [name, body] of Object.entries(bodies)) {
      const answer = await send({ body });
      expect({ name, status: answer.status, code: answer.code }).toEqual({
        name,
        status: 422,
        code: 'VALIDATION_ERROR',
      });
    }
    const json = { 'content-type': 'application/json' };
    await expectRefused(await send({ headers: json, raw: '{"chat_id":1e400,"content":"x"}' }), 422, 'VALIDATION_ERROR');
    await expectRefused(await send({ headers: json }), 422, 'VALIDATION_ERROR');
    await expectRefused(await send({}), 422, 'VALIDATION_ERROR');
    const two = await send({ body: { chat_id: 'x', content: 1, extra: true } });
    const { details } = two.json['error'] as { details: { field: string }[] };
    expect(details.map(({ field }) => field).sort()).toEqual(['chat_id', 'content', 'extra']);
    expect(received).toHaveLength(before);
  });

  it('is refused when it cannot be read', async () => {
    const json = { 'content-type': 'application/json' };
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`k${index}`, 0])));
    const unreadable: Record<string, Send> = {
      'broken JSON': { headers: json, raw: '{"chat_id":' },
      'deep nesting': { headers: json, raw: deep },
      'very many keys': { headers: json, raw: wide },
      'bytes that are not UTF-8': { headers: json, raw: new Uint8Array([0x22, 0xff, 0x22]) },
      'a compressed body': { headers: { ...json, 'content-encoding': 'gzip' }, raw: new Uint8Array([0x1f, 0x8b]) },
      'a form': { headers: { 'content-type': 'application/x-www-form-urlencoded' }, raw: 'chat_id=3' },
      'plain text': { headers: { 'content-type': 'text/plain' }, raw: 'hi' },
      lines: { headers: { 'content-type': 'application/x-ndjson' }, raw: '{}' },
      'no type': { headers: { 'content-type': '' }, raw: '{}' },
    };
    for (const [name, options] of Object.entries(unreadable)) {
      const answer = await send(options);
      expect({ name, status: answer.status, code: answer.code }).toEqual({ name, status: 400, code: 'BAD_REQUEST' });
    }
  });

  it('over 256 KiB is PAYLOAD_TOO_LARGE, one of exactly 256 KiB is read', async () => {
    const json = { 'content-type': 'application/json' };
    const body = (length: number) => `{"chat_id":3,"content":"x"${' '.repeat(length - 27)}}`;
    expect((await send({ headers: json, raw: body(256 * 1024) })).status).toBe(201);
    await expectRefused(await send({ headers: json, raw: body(256 * 1024 + 1) }), 413, 'PAYLOAD_TOO_LARGE');
  });

  it('cannot reach the prototype of anything', async () => {
    const json = { 'content-type': 'application/json' };
    const attacks = [
      '{"chat_id":3,"content":"x","__proto__":{"polluted":true}}',
      '{"chat_id":3,"content":"x","constructor":{"prototype":{"polluted":true}}}',
      '{"preferences":{"a":{"__proto__":{"polluted":true}}}}',
    ];
    for (const raw of attacks) {
      expect((await send({ headers: json, raw })).status).toBeGreaterThanOrEqual(400);
      expect((await gateway.send('PUT', '/api/users/me', { token, headers: json, raw })).status).toBeGreaterThanOrEqual(
        400,
      );
    }
    expect((await gateway.send('GET', '/api/messages?a[__proto__][polluted]=1&__proto__=1', { token })).status).toBe(
      422,
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('may not bring text that the database cannot hold, however deep', async () => {
    for (const preferences of [{ a: 'x\0' }, { a: [{ b: '\ud800' }] }, { a: { 'k\0': 1 } }]) {
      const answer = await gateway.send('PUT', '/api/users/me', { token, body: { preferences } });
      await expectRefused(answer, 422, 'VALIDATION_ERROR');
    }
  });

  it('is refused where the operation takes none, save for an empty object', async () => {
    await expectRefused(
      await gateway.send('POST', '/api/auth/logout', { token, body: { all: true } }),
      422,
      'VALIDATION_ERROR',
    );
    // Nobody serves logout here: what passes the edge gets to the bus.
    await expectRefused(await gateway.send('POST', '/api/auth/logout', { token, body: {} }), 503, 'UNAVAILABLE');
    await expectRefused(await gateway.send('POST', '/api/auth/logout', { token }), 503, 'UNAVAILABLE');
  });
});

describe('a path, query or header', () => {
  it('is refused when a parameter is wrong, unknown, missing or given twice', async () => {
    const wrong = [
      '/api/messages/0',
      '/api/messages/abc',
      '/api/messages/-1',
      '/api/messages/1e3',
      '/api/messages/99999999999999999999',
      '/api/messages?limit=10',
      '/api/messages?chat_id=3&limit=201',
      '/api/messages?chat_id=3&limit=0',
      '/api/messages?chat_id=3&chat_id=4',
      '/api/messages?chat_id[]=3',
      '/api/messages?chat_id=3&extra=1',
      '/api/messages?chat_id=%00',
      '/api/search/messages?q=x&chat_ids=1,,2',
      '/api/search/messages?q=%20',
      '/api/chats/1?x=1',
    ];
    for (const path of wrong) {
      const answer = await gateway.send('GET', path, { token });
      expect({ path, status: answer.status, code: answer.code }).toEqual({
        path,
        status: 422,
        code: 'VALIDATION_ERROR',
      });
    }
    await expectRefused(await gateway.send('GET', '/api/messages/%', { token }), 400, 'BAD_REQUEST');
  });

  it('may carry the idempotency key as a header, once', async () => {
    const body = { chat_id: 3, content: 'x' };
    const keyed = await send({ body, headers: { 'idempotency-key': 'k1' } });
    expect(keyed.json).toMatchObject({ idempotency_key: 'k1' });
    const both = { ...body, idempotency_key: 'k1' };
    expect((await send({ body: both, headers: { 'idempotency-key': 'k1' } })).status).toBe(201);
    await expectRefused(await send({ body: both, headers: { 'idempotency-key': 'k2' } }), 422, 'VALIDATION_ERROR');
    const long = await send({ body, headers: { 'idempotency-key': 'k'.repeat(201) } });
    await expectRefused(long, 422, 'VALIDATION_ERROR');
  });
});

describe('an answer', () => {
  it('names the request: as the caller did when that is sane, by itself otherwise', async () => {
    const named = async (id: string) =>
      (await gateway.send('GET', '/api/health', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await named('my-request_1.2')).toBe('my-request_1.2');
    expect(await named('a'.repeat(65))).toMatch(/^[\w-]{12}-\d+$/);
    expect(await named('a b')).toMatch(/^[\w-]{12}-\d+$/);
    expect(await named('<script>')).toMatch(/^[\w-]{12}-\d+$/);
  });

  it('to an unknown route or method is NOT_FOUND in the form of every error', async () => {
    await expectRefused(await gateway.send('GET', '/nowhere', { token }), 404, 'NOT_FOUND');
    await expectRefused(await gateway.send('PATCH', '/api/messages', { token }), 404, 'NOT_FOUND');
    await expectRefused(await gateway.send('DELETE', '/api/messages', { token }), 404, 'NOT_FOUND');
    await expectRefused(await gateway.send('GET', '/metrics'), 404, 'NOT_FOUND');
    await expectRefused(await gateway.send('GET', '/admin/production/health'), 404, 'NOT_FOUND');
    const override = await send({ body: {}, headers: { 'x-http-method-override': 'DELETE' } });
    await expectRefused(override, 422, 'VALIDATION_ERROR');
  });

  it('never tells what went wrong inside', async () => {
    const answer = await gateway.send('GET', '/api/workspaces', { token });
    await expectRefused(answer, 500, 'INTERNAL_ERROR');
    expect(answer.text).not.toMatch(/ECONNREFUSED|db\.internal|SELECT|TypeError/);
    const silent = await gateway.send('GET', '/api/users/me', { token });
    await expectRefused(silent, 503, 'UNAVAILABLE');
    expect(silent.headers.get('retry-after')).toBe('1');
  });

  it('carries the security headers, whatever it says', async () => {
    const answers = await Promise.all([
      gateway.send('GET', '/api/health'),
      gateway.send('GET', '/api/users/me'),
      gateway.send('GET', '/nowhere'),
      gateway.send('GET', '/api/messages/%'),
      send({ body: { chat_id: 3, content: 'x' } }),
      send({ headers: { 'content-type': 'application/json' }, raw: '{' }),
      send({ headers: { 'content-type': 'application/json' }, raw: 'x'.repeat(300_000) }),
      gateway.send('GET', '/api/workspaces', { token }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 400, 201, 400, 413, 500]);
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'strict-transport-security': expect.stringContaining('max-age'),
        'content-type': 'application/json; charset=utf-8',
        'x-request-id': expect.any(String),
      });
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    }
  });

  it('may be read by pages of the allowed origins only', async () => {
    const allowedFor = async (origin: string) =>
      (await gateway.send('GET', '/api/health', { headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await allowedFor('https://app.example.com')).toBe('https://app.example.com');
    const foreign = ['https://evil.example', 'null', 'http://app.example.com', 'https://app.example.com.evil.tld'];
    for (const origin of [...foreign, 'https://app.example.com:8443']) expect(await allowedFor(origin)).toBeNull();
    const preflight = await gateway.send('OPTIONS', '/api/messages', {
      headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, POST, PUT, DELETE');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
  });
});
