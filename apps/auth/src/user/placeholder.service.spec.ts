import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Username } from '#contracts/scalar.js';
import { userRpc } from '#contracts/user.contract.js';
import { asService } from '#testing/caller.js';
import { register, startAuth, type AuthHouse } from '../auth.fixture.js';

const as = asService('chat');

describe('PlaceholderService', () => {
  let auth: AuthHouse;

  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(async () => auth.close());

  const ensure = async (workspaceId: number, names: string[]) => {
    const request = { workspace_id: workspaceId, names };
    return (await auth.house.bus.call(userRpc.ensurePlaceholders, request, { as })).user_ids;
  };
  const usernames = async (ids: number[]) => {
    const { users } = await auth.house.bus.call(userRpc.getMany, { ids }, { as });
    const byId = new Map(users.map(({ id, username }) => [id, username]));
    return ids.map((id) => byId.get(id));
  };

  it('makes one user for each name, and finds them again', async () => {
    const first = await ensure(1, ['ada', 'grace', 'ada']);
    expect(first[0]).toBe(first[2]);
    expect(first[0]).not.toBe(first[1]);
    expect(await usernames(first)).toEqual(['ada', 'grace', 'ada']);
    expect(await ensure(1, ['grace', 'ada', 'alan'])).toEqual([first[1], first[0], expect.any(Number)]);
  });

  it('tells apart names that differ only in case', async () => {
    const names = ['Bob', 'bob', 'BOB'];
    const ids = await ensure(2, names);
    expect(new Set(ids).size).toBe(3);
    const given = await usernames(ids);
    expect(given.filter((username) => names.includes(username ?? ''))).toHaveLength(1);
    expect(new Set(given.map((username) => username?.toLowerCase()))).toEqual(new Set(['bob', 'bob-2', 'bob-3']));
    expect(await ensure(2, names)).toEqual(ids);
  });

  it('keeps the placeholders of workspaces apart', async () => {
    const [here] = await ensure(3, ['carol']);
    const [there] = await ensure(4, ['carol']);
    expect(await usernames([here ?? 0, there ?? 0])).toEqual(['carol', 'carol-2']);
  });

  it('leaves usernames to who has them', async () => {
    const { user } = await register(auth, 'dave');
    const [id] = await ensure(5, ['Dave']);
    expect(id).not.toBe(user.id);
    expect(await usernames([id ?? 0])).toEqual(['Dave-2']);
  });

  it('makes usernames of names that are none, and keeps the names as keys', async () => {
    const names = [
      'a b',
      'a@b',
      'a\tb',
      ' ',
      'x'.repeat(256),
      `${'x'.repeat(64)}y`,
      '日本語',
      "x'; DROP TABLE--",
      '\\',
    ];
    const ids = await ensure(6, names);
    expect(new Set(ids).size).toBe(names.length);
    for (const username of await usernames(ids)) expect(Username.safeParse(username).success).toBe(true);
    expect(await ensure(6, names)).toEqual(ids);
  });

  it('answers the same to many who ask at once, in whatever order', async () => {
    const names = Array.from({ length: 300 }, (_, n) => (n % 3 === 0 ? `Sender${n}` : `sender${n - (n % 3)}.${n}`));
    const answers = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(async (nth) => {
        const order = nth % 2 === 0 ? names : [...names].reverse();
        const ids = await ensure(7, order);
        return new Map(order.map((name, at) => [name, ids[at]]));
      }),
    );
    for (const answer of answers) for (const name of names) expect(answer.get(name)).toBe(answers[0]?.get(name));
    expect(new Set(answers[0]?.values()).size).toBe(names.length);
  });

  it('finds a username however many workspaces import the same name', async () => {
    const ids: number[] = [];
    for (let workspace = 100; workspace < 160; workspace++) ids.push(...(await ensure(workspace, ['guest'])));
    expect(new Set(ids).size).toBe(60);
    const given = await usernames(ids);
    expect(given.slice(0, 4)).toEqual(['guest', 'guest-2', 'guest-3', 'guest-4']);
    for (const username of given) expect(username).toMatch(/^guest(-\d+)?$/);
  });
});
