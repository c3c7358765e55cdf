import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { findRunningPostgres } from '#servers/running-postgres.js';
import { upTo } from '#testing/range.js';
import { startSystem, type System } from '../e2e/system.js';

const account = { email: 'keeper@example.com', username: 'keeper', password: 'a long password' };
const many = 200;

let system: System;
let admin: pg.Client;
let token = '';

async function ask(method: string, path: string, body?: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(system.url + path, { method, headers, ...sent, signal: AbortSignal.timeout(20_000) });
}

const pins = () => ask('GET', '/api/chats/1/pins');

beforeAll(async () => {
  system = await startSystem({ env: { MESSAGE_POOL_MAX: '8' } });
  const database = new URL('/fechatter', findRunningPostgres(join(system.dataDir, 'postgres')));
  admin = new pg.Client(database.href);
  await admin.connect();
  ({ token } = (await (await ask('POST', '/api/auth/register', account)).json()) as { token: string });
});
afterAll(async () => {
  await admin?.end();
  await system?.stop();
});

describe('While all connections of a pool are held', () => {
  it('requests are answered 503 in bounded time, sends and the process live on, and it recovers by itself', async () => {
    expect((await pins()).status).toBe(200);
    await admin.query('BEGIN; LOCK TABLE message.pins IN ACCESS EXCLUSIVE MODE');
    const asked = Promise.all(upTo(many).map(pins));
    expect((await ask('GET', '/health/live')).status).toBe(200);
    expect((await ask('POST', '/api/messages', { chat_id: 1, content: 'through' })).status).toBe(201);
    const answers = await asked;
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(answers.every(({ headers }) => headers.get('retry-after') === '1')).toBe(true);
    expect((await ask('GET', '/health/live')).status).toBe(200);
    await admin.query('ROLLBACK');

    const after = await Promise.all(upTo(many).map(pins));
    expect(new Set(after.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await ask('GET', '/health/ready')).status).toBe(200);
    expect(system.log()).toMatch(/"logger":"database".*"reason":"timeout exceeded when trying to connect"/);
  });
});
