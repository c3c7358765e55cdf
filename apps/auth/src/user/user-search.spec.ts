import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { userRpc } from '#contracts/user.contract.js';
import { sql } from '#database/statement.js';
import { asService } from '#testing/caller.js';
import { startAuth, type AuthHouse } from '../auth.fixture.js';

const as = asService('gateway');
const names = [
  ...['Ann', 'Anna', 'annabel', 'x.ann', 'j-ann', 'j_ann', 'Joanna', 'hanna', 'Katherine', 'katherine.johnson'],
  ...['x%y', 'x_y', 'xzy', '100%_sure', '100xysure', 'Ärzte', String.raw`back\slash`, '😀smile', '日本語', '...dots'],
  ...['Zed', 'zed2', 'zed1', 'zed10', 'm'.repeat(64)],
];
const fill = sql(
  'spec.users.named',
  `INSERT INTO auth.users (email, username)
   SELECT md5(name) || '@example.com', name FROM unnest($1::text[]) AS name RETURNING id`,
);

let auth: AuthHouse;
const ids = new Map<string, number>();
const idsOf = (...of: string[]) => of.map((name) => ids.get(name) ?? 0);

beforeAll(async () => {
  auth = await startAuth();
  const rows = await (await auth.house.database('auth')).query<{ id: number }>(fill, [names]);
  rows.forEach(({ id }, index) => ids.set(names[index]!, id));
});
afterAll(async () => auth.close());

async function among(query: string, given = [...ids.values()], limit = 100): Promise<string[]> {
  const { users } = await auth.house.bus.call(userRpc.search, { query, ids: given, limit }, { as });
  return users.map(({ username }) => username);
}

async function amongAll(query: string): Promise<string[]> {
  const { user_ids } = await auth.house.bus.call(userRpc.candidates, { query }, { as });
  const nameOf = new Map([...ids].map(([name, id]) => [id, name]));
  return user_ids.flatMap((id) => nameOf.get(id) ?? []);
}

describe.each([
  ['among given users', among],
  ['among all users', amongAll],
])('Finding users %s', (_where, found) => {
  it.each([
    ['equal, then beginnings, words and the middle', 'aNN', 'Ann Anna annabel j-ann j_ann x.ann hanna Joanna'],
    ['of the same kind the shorter first, then by name', 'zed', 'Zed zed1 zed2 zed10'],
    ['of one letter only beginnings', 'j', 'j-ann j_ann Joanna'],
    ['of two letters only beginnings', 'an', 'Ann Anna annabel'],
    ['a name with letters mistaken', 'catherine', 'Katherine katherine.johnson'],
    ['a name with a letter left out', 'kathrine', 'Katherine katherine.johnson'],
    ['a name with a letter doubled', 'annnabel', 'annabel'],
    ['other alphabets, ignoring case', 'ÄRZ', 'Ärzte'],
    ['Chinese and Japanese', '日本', '日本語'],
    ['an emoji', '😀', '😀smile'],
    ['what follows an emoji', 'smile', '😀smile'],
    ['signs, as beginnings', '...', '...dots'],
    ['64 letters', 'm'.repeat(64), 'm'.repeat(64)],
    ['% for what it is', '100%', '100%_sure'],
    ['_ for what it is', 'x_', 'x_y'],
    ['_ inside for what it is', '%_sure', '100%_sure'],
    ['\\ for what it is', String.raw`k\sla`, String.raw`back\slash`],
    ['nothing for % alone', '%', ''],
    ['nothing for \\ alone', '\\', ''],
    ['nothing for signs of LIKE', '%%%%', ''],
    ['nothing where nothing is similar', 'qwfpgj', ''],
  ])('finds %s', async (_what, query, expected) => {
    expect((await found(query)).slice(0, Math.max(1, expected.split(' ').length))).toEqual(
      expected === '' ? [] : expected.split(' '),
    );
  });

  it('puts what is only similar behind all that contains the text', async () => {
    expect((await found('anna')).slice(0, 4)).toEqual(['Anna', 'annabel', 'hanna', 'Joanna']);
  });
});

it('finds users among the given ones only, and no more than are wanted', async () => {
  expect(await among('ann', idsOf('Joanna', 'annabel'))).toEqual(['annabel', 'Joanna']);
  expect(await among('ann', undefined, 1)).toEqual(['Ann']);
  expect(await among('ann', [])).toEqual([]);
});

it('gives a thousand candidates at most, the equal one among them', async () => {
  const many = ['crowd', ...Array.from({ length: 1_500 }, (_, n) => `crowd${String(n).padStart(4, '0')}`)];
  await (await auth.house.database('auth')).query(fill, [many]);
  const { user_ids } = await auth.house.bus.call(userRpc.candidates, { query: 'crowd' }, { as });
  const { users } = await auth.house.bus.call(userRpc.getMany, { ids: user_ids.slice(0, 3) }, { as });
  expect(user_ids).toHaveLength(1_000);
  expect(users.map(({ username }) => username).sort()).toEqual(['crowd', 'crowd0000', 'crowd0001']);
});
