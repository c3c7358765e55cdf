import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { requireConnections, requireConnectionsOfAll, type Demand } from './connection-limit.js';

const service = { schema: 'pool', entities: [], migrations: [] };

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase([service]);
}, 60_000);
afterAll(() => test.close());

describe('A pool', () => {
  it('larger than PostgreSQL allows is refused with what to do', async () => {
    const database = await test.database('pool');
    await expect(requireConnections(database, 100, 'CHAT_POOL_MAX')).rejects.toThrow(
      /CHAT_POOL_MAX: 100 connections are more than the 97 .* max_connections/,
    );
    await requireConnections(database, 97, 'CHAT_POOL_MAX');
  });

  it('of one among several is refused with the problems of all, their sum among them', async () => {
    const demand = (name: string, max: number, processes = 1) => ({
      variable: `${name}_POOL_MAX`,
      ...{ max, processes, role: 'fechatter_pool' },
    });
    const check = (...demands: Demand[]) => requireConnectionsOfAll(test.ownerUrl, demands);
    await expect(check(demand('A', 98), demand('B', 33, 3), demand('C', 1))).rejects.toMatchObject({
      problems: [
        expect.stringMatching(/^3 x B_POOL_MAX: 99 connections are more than the 97 .* raise max_connections$/),
        expect.stringMatching(/^A_POOL_MAX: 98 connections are more than the 97 .* raise max_connections$/),
        expect.stringMatching(
          /^A_POOL_MAX \+ 3 x B_POOL_MAX \+ C_POOL_MAX: together 198 connections are more than the 97 /,
        ),
      ],
    });
    await expect(check(demand('A', 40), demand('B', 58))).rejects.toMatchObject({
      problems: [expect.stringMatching(/^A_POOL_MAX \+ B_POOL_MAX: together 98 connections are more than the 97 /)],
    });
    await check(demand('A', 40), demand('B', 57));
  });
});
