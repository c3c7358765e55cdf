import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { range } from '#testing/range.js';
import { startGateway, type Answer, type TestGateway } from '../gateway.fixture.js';

const most = { ofAccount: 3, ofAddress: 5 };
const home = '192.0.2.7';

let gateway: TestGateway;
/** How often auth had to hash a password, and who asked it whether an address is known. */
let hashed: number;
let asked: string[];

beforeEach(async () => {
  gateway = await startGateway({
    TRUST_PROXY: '127.0.0.1',
    LIMIT_FAILED_LOGINS_PER_ACCOUNT: String(most.ofAccount),
    LIMIT_FAILED_LOGINS_PER_ADDRESS: String(most.ofAddress),
  });
  hashed = 0;
  asked = [];
  gateway.bus.serve(
    authRpc.login,
    async ({ email, password }) => {
      hashed += 1;
      if (password !== 'right') throw new FechatterError('UNAUTHORIZED');
      const user = { id: 7, username: 'ann', avatar_url: null, email };
      return { token: 't', refresh_token: 'r', user, expires_at: '2026-01-31T12:00:00.000Z' };
    },
    { queue: 'auth' },
  );
});

afterEach(() => gateway.close());

function serveKnown(): void {
  gateway.bus.serve(
    authRpc.isKnownAddress,
    async ({ email, address }) => {
      asked.push(`${email} ${address}`);
      return { is_known: email === 'ann@example.com' && address === home };
    },
    { queue: 'auth' },
  );
}

function logIn(address: string, password: string, email = 'ann@example.com'): Promise<Answer> {
  return gateway.send('POST', '/api/auth/login', {
    body: { email, password },
    headers: { 'x-forwarded-for': address },
  });
}

async function statuses(answers: Promise<Answer>[]): Promise<number[]> {
  return (await Promise.all(answers)).map(({ status }) => status).sort();
}

/** Somebody uses up the failures of the account, each from another address. */
async function lockOut(email?: string): Promise<void> {
  const guesses = range(1, 2 * most.ofAccount).map((n) => logIn(`198.51.100.${n}`, 'wrong', email));
  expect(await statuses(guesses)).toEqual([401, 401, 401, 429, 429, 429]);
}

describe('An account whose failures somebody has used up', () => {
  it('is open to its owner at an address that it knows, and to nobody else', async () => {
    serveKnown();
    expect((await logIn(home, 'right')).status).toBe(200);
    expect(asked).toEqual([]);
    await lockOut();
    expect(await statuses(range(1, 20).map(() => logIn(home, 'right')))).toEqual(range(1, 20).map(() => 200));
    expect((await logIn('203.0.113.1', 'right')).status).toBe(429);
  });

  it('bears only so many failures from there either', async () => {
    serveKnown();
    await lockOut();
    hashed = 0;
    expect(await statuses(range(1, 6).map(() => logIn(home, 'wrong')))).toEqual([401, 401, 401, 429, 429, 429]);
    expect(hashed).toBe(most.ofAccount);
    expect((await logIn(home, 'right')).status).toBe(429);
  });

  it('is answered for like one that does not exist, and an address cannot ask on and on', async () => {
    serveKnown();
    await lockOut();
    await lockOut('nobody@example.com');
    const [existing, missing] = [
      await logIn('203.0.113.1', 'x'),
      await logIn('203.0.113.1', 'x', 'nobody@example.com'),
    ];
    const { request_id: _, ...body } = existing.json;
    expect(missing.json).toMatchObject(body);
    expect([existing.status, missing.status]).toEqual([429, 429]);
    asked = [];
    await Promise.all(range(1, 20).map(() => logIn('203.0.113.2', 'x')));
    expect(asked).toHaveLength(most.ofAddress);
  });

  it('stays closed while auth does not say which addresses it knows', async () => {
    await lockOut();
    expect((await logIn(home, 'right')).status).toBe(429);
  });
});
