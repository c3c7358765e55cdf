import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock, type Clock } from '#client/clock.js';
import { MemoryStorage } from '#client/storage.js';
import { authApi } from '#contracts/http/auth.routes.js';
import { chatsApi } from '#contracts/http/chat.routes.js';
import { usersApi } from '#contracts/http/user.routes.js';
import { Person } from './client.js';
import { clientOf, started, stopClients } from './clients.js';
import { eventually } from '#testing/eventually.js';
import { Network } from './network.js';

const refresh = 'POST /api/auth/refresh';

let person: Person;
beforeAll(async () => {
  person = await Person.register('session');
});
afterEach(stopClients);

/** A clock that can be put forward; the server's time stays. */
class FastClock implements Clock {
  readonly after = (ms: number, work: () => void) => systemClock.after(ms, work);
  ahead = 0;

  now(): number {
    return Date.now() + this.ahead;
  }
}

/** The access token that is kept becomes one that the server refuses. */
function spoil(storage: MemoryStorage): void {
  const key = storage.key(0) as string;
  const kept = JSON.parse(storage.getItem(key) as string) as { login: { token: string } };
  kept.login.token += 'x';
  storage.setItem(key, JSON.stringify(kept));
}

describe('The session of a client', () => {
  it('is continued before its token expires, once for all who ask, time after time', async () => {
    const network = new Network();
    const clock = new FastClock();
    const client = await clientOf(person, { ...network, clock });
    for (let times = 1; times <= 3; times += 1) {
      clock.ahead += 9 * 60_000;
      await Promise.all(Array.from({ length: 10 }, () => client.call(usersApi.me)));
      expect(network.calls.filter((call) => call === refresh)).toHaveLength(times);
    }
  });

  it('is continued when the server refuses the token, and by the next client with the same storage', async () => {
    const storage = new MemoryStorage();
    await clientOf(person, { storage });
    spoil(storage);
    const network = new Network();
    const client = await clientOf(person, { ...network, storage });
    const names = await Promise.all(Array.from({ length: 5 }, async () => (await client.call(usersApi.me)).username));
    expect(new Set(names)).toEqual(new Set([person.login.user.username]));
    expect(network.calls.filter((call) => call === refresh)).toHaveLength(1);
    const { client: next } = await started(person, { storage });
    expect(next.user?.id).toBe(person.id);
  });

  it('outlives the answer to a refresh that is lost, and another tab that refreshes', async () => {
    const storage = new MemoryStorage();
    const clock = new FastClock();
    const network = new Network();
    const options = { ...network, storage, clock, random: () => 0.01 };
    const one = await clientOf(person, options);
    const two = await clientOf(person, options);
    clock.ahead += 9 * 60_000;
    network.loseAnswers(1);
    await one.call(usersApi.me);
    await two.call(usersApi.me);
    expect(network.calls.filter((call) => call === refresh)).toHaveLength(2);
  });

  it('ends everywhere when it is ended elsewhere', async () => {
    const { client } = await started(person);
    const ended: string[] = [];
    client.on('signedOut', ({ code }) => ended.push(code));
    const elsewhere = await clientOf(person);
    const { sessions } = await client.call(authApi.listSessions);
    const id = sessions.find(({ current }) => current)?.id as number;
    await elsewhere.call(authApi.revokeSession, { params: { id } });
    await eventually(() => ended.length === 1);
    expect(ended).toEqual(['UNAUTHORIZED']);
    expect(client.user).toBeUndefined();
    expect(client.storage.length).toBe(0);
    await expect(client.call(chatsApi.list)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(() => client.start()).toThrow();
  });

  it('ends with signing out', async () => {
    const { client } = await started(person);
    await client.logout();
    expect([client.user, client.storage.length]).toEqual([undefined, 0]);
    await client.login({ email: person.login.user.email, password: person.password });
    client.start();
    await eventually(() => client.counters.connections === 2);
  });
});
