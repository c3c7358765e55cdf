import { beforeEach, describe, expect, it } from '@jest/globals';
import { usersApi } from '#contracts/http/user.routes.js';
import { FechatterClient } from './client.js';
import { ManualClock, settled } from './clock.fixture.js';
import { FakeServer } from './server.fixture.js';
import { MemoryStorage } from './storage.js';

const refresh = 'POST /api/auth/refresh';
const me = 'GET /api/users/me';

let clock: ManualClock;
let server: FakeServer;
let ended: string[];

beforeEach(() => {
  clock = new ManualClock();
  server = new FakeServer(clock);
  ended = [];
});

function newClient(storage = new MemoryStorage()): FechatterClient {
  const { fetch } = server;
  const client = new FechatterClient({ gateways: 'http://gateway', clock, fetch, storage, random: () => 0.99 });
  client.on('signedOut', ({ code }) => ended.push(code));
  return client;
}

async function signedIn(email: string, storage?: MemoryStorage): Promise<FechatterClient> {
  const client = newClient(storage);
  await client.login({ email, password: 'x' });
  return client;
}

describe('A refresh', () => {
  it.each([1, 2])(
    'outlives %i answers that are never heard, within the time in which they are repeated',
    async (lost) => {
      const client = await signedIn('a');
      await clock.pass(550_000);
      server.losing = lost;
      const call = client.call(usersApi.me);
      await clock.pass(3_300 * lost);
      expect(server.count(refresh)).toBe(lost + 1);
      await call;
      await clock.pass(60_000);
      expect(ended).toEqual([]);
    },
  );

  it('takes over between its tries what another tab has got', async () => {
    const storage = new MemoryStorage();
    const one = await signedIn('a', storage);
    const two = newClient(storage);
    await clock.pass(550_000);
    server.losing = 1;
    const call = one.call(usersApi.me);
    await settled();
    await two.call(usersApi.me);
    expect(server.count(refresh)).toBe(2);
    await clock.pass(3_300);
    await call;
    expect(server.count(refresh)).toBe(2);
    expect(ended).toEqual([]);
  });

  it('goes on in memory when the storage takes no more, and leaves no spent token there', async () => {
    const storage = new MemoryStorage();
    const client = await signedIn('a', storage);
    storage.setItem = () => {
      throw new DOMException('Full', 'QuotaExceededError');
    };
    for (let times = 1; times <= 2; times += 1) {
      await clock.pass(550_000);
      await client.call(usersApi.me);
      expect(server.requests.at(-1)?.token).toBe(`access a 1 ${times + 1}`);
    }
    expect(storage.length).toBe(0);
    expect(ended).toEqual([]);
  });
});

it('ends with a sign-out that hangs, but not the session of who has signed in meanwhile', async () => {
  const client = await signedIn('a');
  server.hold('POST /api/auth/logout');
  const out = client.logout();
  await settled();
  await client.login({ email: 'b', password: 'x' });
  server.held[0]?.answer(200);
  await out;
  expect([client.user?.username, ended]).toEqual(['b', []]);
});

describe('A call of a user who has signed out', () => {
  const unauthorized = { code: 'UNAUTHORIZED' };
  const tokens = () => server.requests.filter(({ operation }) => operation === me).map(({ token }) => token);

  it('is not repeated for the next one when it is refused', async () => {
    const client = await signedIn('a');
    server.hold(me);
    const call = expect(client.call(usersApi.me)).rejects.toMatchObject(unauthorized);
    await settled();
    await client.logout();
    await client.login({ email: 'b', password: 'x' });
    server.held[0]?.answer(401);
    await settled();
    expect(tokens()).toEqual(['access a 1 1']);
    await call;
  });

  it('is not done for the next one when it has waited for a token, which the next one does not wait for', async () => {
    const client = await signedIn('a');
    await clock.pass(550_000);
    server.hold(refresh);
    server.hold(me);
    const first = expect(client.call(usersApi.me)).rejects.toMatchObject(unauthorized);
    await settled();
    await client.login({ email: 'b', password: 'x' });
    void client.call(usersApi.me).catch(() => undefined);
    await settled();
    server.held[1]?.answer(401);
    await settled();
    expect(server.held.map(({ request }) => request.body)).toEqual([
      JSON.stringify({ refresh_token: 'a 1 1' }),
      '',
      JSON.stringify({ refresh_token: 'b 2 1' }),
    ]);
    server.held[0]?.answer(200);
    await settled();
    expect(tokens()).toEqual(['access b 2 1']);
    await first;
  });
});
