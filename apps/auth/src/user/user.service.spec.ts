import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cacheEvent } from '#contracts/cache.contract.js';
import { userRpc, type UpdateMe } from '#contracts/user.contract.js';
import { asService } from '#testing/caller.js';
import { callerOf, refusal, register, startAuth, type AuthHouse } from '../auth.fixture.js';

const as = asService('chat');

describe('UserService', () => {
  let auth: AuthHouse;
  const ids = new Map<string, number>();
  const idsOf = (...names: string[]) => names.map((name) => ids.get(name) ?? 0);

  beforeAll(async () => {
    auth = await startAuth();
    for (const name of [
      'Anna',
      'Annabel',
      'Joanna',
      'x%y',
      'x_y',
      'xzy',
      'Ärzte',
      'İbrahim',
      'ΝΙΚΟΣ',
      String.raw`back\slash`,
    ]) {
      const session = await register(auth, `user${ids.size}`);
      await auth.house.bus.call(userRpc.updateMe, { username: name }, { as: callerOf(session) });
      ids.set(name, session.user.id);
    }
  });
  afterAll(async () => auth.close());

  it('shows users their own profile', async () => {
    const session = await register(auth, 'me');
    const me = await auth.house.bus.call(userRpc.me, {}, { as: callerOf(session) });
    expect(me).toEqual({ ...session.user, preferences: {}, created_at: expect.stringMatching(/^\d{4}-.+\.\d{3}Z$/) });
  });

  it('changes what is given and leaves the rest', async () => {
    const caller = callerOf(await register(auth, 'changing'));
    const update = (change: UpdateMe) => auth.house.bus.call(userRpc.updateMe, change, { as: caller });
    const preferences = { theme: 'dark', nested: { list: [1, 'two', null] } };
    await update({ avatar_url: 'https://example.com/a.png', preferences });
    expect(await update({ username: 'CHANGING' })).toMatchObject({
      username: 'CHANGING',
      avatar_url: 'https://example.com/a.png',
      preferences,
    });
    expect(await update({ avatar_url: null })).toMatchObject({ avatar_url: null, preferences });
    expect(await update({})).toEqual(await auth.house.bus.call(userRpc.me, {}, { as: caller }));
  });

  it('refuses preferences that the database could not keep, and changes nothing', async () => {
    const caller = callerOf(await register(auth, 'odd'));
    for (const text of ['nul \0', 'half \ud83d of a pair']) {
      for (const bad of [text, [{ text }], { [text]: 1 }]) {
        const change = { username: 'odder', preferences: { bad } };
        const error = await refusal(auth.house.bus.call(userRpc.updateMe, change, { as: caller }));
        expect(error.code).toBe('VALIDATION_ERROR');
      }
    }
    expect(await auth.house.bus.call(userRpc.me, {}, { as: caller })).toMatchObject({
      username: 'odd',
      preferences: {},
    });
  });

  it('refuses a username that somebody has in another case', async () => {
    const caller = callerOf(await register(auth, 'late'));
    const error = await refusal(auth.house.bus.call(userRpc.updateMe, { username: 'ANNA' }, { as: caller }));
    expect(error).toMatchObject({ code: 'CONFLICT', details: [{ field: 'username', reason: 'Is taken' }] });
  });

  it('reads many by id and leaves out who does not exist', async () => {
    const { users } = await auth.house.bus.call(userRpc.getMany, { ids: [...idsOf('Anna', 'xzy'), 999_999] }, { as });
    expect(users).toHaveLength(2);
    expect(users).toContainEqual({ id: ids.get('Anna'), username: 'Anna', avatar_url: null });
    expect(await auth.house.bus.call(userRpc.getMany, { ids: [] }, { as })).toEqual({ users: [] });
  });

  it('shows a new name at once to services that had asked for the old one', async () => {
    const login = await register(auth, 'before');
    const ask = async () => (await auth.house.bus.call(userRpc.getMany, { ids: [login.user.id] }, { as })).users;
    expect(await ask()).toMatchObject([{ username: 'before' }]);
    const told: unknown[] = [];
    const listening = auth.house.bus.subscribe(cacheEvent.invalidated, {}, (event) => void told.push(event));
    await auth.house.bus.call(userRpc.updateMe, { username: 'afterwards' }, { as: callerOf(login) });
    expect(await ask()).toMatchObject([{ username: 'afterwards' }]);
    listening.unsubscribe();
    expect(told).toEqual([{ pattern: 'user', ids: [login.user.id] }]);
  });

  it('finds by names ignoring case, and says which of the names it means', async () => {
    const usernames = ['ANNA', 'anna', 'äRZTE', 'nobody', 'İbrahim', 'ibrahim', 'ΝΙΚΟΣ', 'νικοσ'];
    const { users } = await auth.house.bus.call(userRpc.findByNames, { usernames }, { as });
    expect(new Map(users.map(({ asked, id }) => [asked, id]))).toEqual(
      new Map([
        ...['ANNA', 'anna'].map((name) => [name, ids.get('Anna')] as const),
        ['äRZTE', ids.get('Ärzte')],
        ...['İbrahim', 'ibrahim'].map((name) => [name, ids.get('İbrahim')] as const),
        ...['ΝΙΚΟΣ', 'νικοσ'].map((name) => [name, ids.get('ΝΙΚΟΣ')] as const),
      ]),
    );
  });

  it('finds by address ignoring case', async () => {
    const find = (email: string) => auth.house.bus.call(userRpc.findByEmail, { email }, { as });
    expect((await find('USER0@example.COM')).user).toMatchObject({ username: 'Anna' });
    expect((await find('unknown@example.com')).user).toBeNull();
  });
});
