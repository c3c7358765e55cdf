import { afterEach, describe, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { messageRpc } from '#contracts/message.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { ConfigError, readConfig } from '#config/config.js';
import { GatewayConfig } from '../gateway.config.js';
import { startGateway, type TestGateway } from '../gateway.fixture.js';

const at = '2026-01-31T12:00:00.000Z';
const login = {
  token: 't',
  refresh_token: 'r',
  user: { id: 7, username: 'ann', avatar_url: null, email: 'ann@example.com' },
  expires_at: at,
};

let gateway: TestGateway;
/** How often auth had to hash a password. */
let hashed = 0;

async function start(env: Record<string, string>): Promise<void> {
  gateway = await startGateway(env);
  hashed = 0;
  gateway.bus.serve(
    authRpc.login,
    async ({ password }) => {
      hashed += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (password !== 'right') throw new FechatterError('UNAUTHORIZED');
      return login;
    },
    { queue: 'auth' },
  );
  gateway.bus.serve(authRpc.register, async () => login, { queue: 'auth' });
  gateway.bus.serve(workspaceRpc.list, async () => ({ workspaces: [] }), { queue: 'chat' });
}

afterEach(() => gateway.close());

async function logIn(email: string, password: string, headers: Record<string, string> = {}) {
  return gateway.send('POST', '/api/auth/login', { body: { email, password }, headers });
}

async function statusesOf(answers: Promise<{ status: number }>[]): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const { status } of await Promise.all(answers)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe('requests of a user', () => {
  it('pass up to the limit, exactly, and the answers say what is left', async () => {
    await start({ LIMIT_REQUESTS_PER_MINUTE: '20' });
    const { token } = gateway;
    const first = await gateway.send('GET', '/api/workspaces', { token });
    expect(first.headers.get('x-ratelimit-limit')).toBe('20');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('19');
    const reset = Number(first.headers.get('x-ratelimit-reset')) - Date.now() / 1000;
    expect(reset).toBeGreaterThan(50);
    expect(reset).toBeLessThan(62);
    expect(await statusesOf(times(40, () => gateway.send('GET', '/api/workspaces', { token })))).toEqual({
      200: 19,
      429: 21,
    });
    const refused = await gateway.send('GET', '/api/workspaces', { token });
    expect(refused.code).toBe('RATE_LIMITED');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    const other = await gateway.issuer.sign({ sub: '8', sid: 80 });
    expect((await gateway.send('GET', '/api/workspaces', { token: other })).status).toBe(200);
    // Searches and sends have their own limits.
    expect((await gateway.send('GET', '/api/search/chats?q=x', { token })).status).toBe(503);
  });

  it('count a batch as a send for every hundred messages begun, and the answer says so', async () => {
    await start({ LIMIT_SENDS_PER_SECOND: '4' });
    gateway.bus.serve(messageRpc.sendBatch, async () => ({ messages: [], rest: [] }), { queue: 'message' });
    const batch = (count: number, token: string) => {
      const messages = times(count, () => ({ chat_id: 1, content: 'x' }));
      return gateway.send('POST', '/api/messages/batch', { token, body: { messages } });
    };
    const fits = await batch(400, gateway.token);
    expect([fits.status, fits.headers.get('x-ratelimit-remaining')]).toEqual([201, '0']);
    const exceeds = await batch(401, await gateway.issuer.sign({ sub: '8', sid: 80 }));
    expect([exceeds.status, exceeds.code]).toEqual([429, 'RATE_LIMITED']);
  });

  it('are unlimited when limits are off, which production refuses', async () => {
    await start({ RATE_LIMITS: 'off', LIMIT_REQUESTS_PER_MINUTE: '1' });
    const answers = times(10, () => gateway.send('GET', '/api/workspaces', { token: gateway.token }));
    expect(await statusesOf(answers)).toEqual({ 200: 10 });
    const production = { NODE_ENV: 'production', RATE_LIMITS: 'off' };
    expect(() => readConfig(GatewayConfig, production)).toThrow(ConfigError);
    expect(() => readConfig(GatewayConfig, production)).toThrow(/RATE_LIMITS/);
  });
});

describe('guesses of a password', () => {
  it('are hashed no more often than the limit of the account, even all at once', async () => {
    await start({ LIMIT_FAILED_LOGINS_PER_ACCOUNT: '10' });
    expect(await statusesOf(times(200, (i) => logIn('ann@example.com', `guess ${i}`)))).toEqual({ 401: 10, 429: 190 });
    expect(hashed).toBe(10);
    const right = await logIn('ANN@Example.com', 'right');
    expect(right.status).toBe(429);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await logIn('bob@example.com', 'right')).status).toBe(200);
  });

  it('may fail half as often while each gateway counts for itself', async () => {
    await start({ LIMIT_FAILED_LOGINS_PER_ACCOUNT: '10', REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await statusesOf(times(20, (i) => logIn('ann@example.com', `guess ${i}`)))).toEqual({ 401: 5, 429: 15 });
  });

  it('count for the address over all accounts, whatever X-Forwarded-For says', async () => {
    await start({ LIMIT_FAILED_LOGINS_PER_ADDRESS: '15' });
    const answers = times(60, (i) => logIn(`u${i}@example.com`, 'wrong', { 'x-forwarded-for': `10.0.0.${i}` }));
    expect(await statusesOf(answers)).toEqual({ 401: 15, 429: 45 });
    expect(hashed).toBe(15);
  });

  it('count for the address that a trusted proxy names', async () => {
    await start({ LIMIT_FAILED_LOGINS_PER_ADDRESS: '1', TRUST_PROXY: '127.0.0.1' });
    const from = (address: string) => logIn('ann@example.com', 'wrong', { 'x-forwarded-for': address });
    expect((await from('10.0.0.1')).status).toBe(401);
    expect((await from('10.0.0.1')).status).toBe(429);
    expect((await from('10.0.0.2')).status).toBe(401);
  });

  it('do not keep out people who know it: successes do not count', async () => {
    await start({ LIMIT_FAILED_LOGINS_PER_ACCOUNT: '10', LIMIT_FAILED_LOGINS_PER_ADDRESS: '20' });
    expect(await statusesOf(times(300, () => logIn('ann@example.com', 'right')))).toEqual({ 200: 300 });
    expect(await statusesOf(times(9, () => logIn('ann@example.com', 'wrong')))).toEqual({ 401: 9 });
    expect(await statusesOf(times(50, () => logIn('ann@example.com', 'right')))).toEqual({ 200: 50 });
  });
});

describe('registrations', () => {
  it('are limited by address', async () => {
    await start({ LIMIT_REGISTRATIONS_PER_HOUR: '3' });
    const register = (i: number) =>
      gateway.send('POST', '/api/auth/register', {
        body: { email: `u${i}@example.com`, username: `u${i}`, password: 'a good password' },
      });
    expect(await statusesOf(times(6, register))).toEqual({ 201: 3, 429: 3 });
  });
});
