import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import type { ServiceDataSource } from './data-source.js';
import { requireDurability } from './durability.js';
import { sql } from './statement.js';

const service: ServiceDataSource = { schema: 'probe', entities: [], migrations: [] };

describe('The check of durability', () => {
  let careless: TestDatabase;
  let durable: TestDatabase;
  beforeAll(async () => {
    careless = await testDatabase([service], { durability: 'off' });
    durable = await testDatabase([service], { durability: 'on' });
  });
  afterAll(() => Promise.all([careless.close(), durable.close()]));

  it('accepts the settings that PostgreSQL has by itself', async () => {
    await expect(requireDurability(await durable.database('probe'))).resolves.toBeUndefined();
  });

  it('names every setting that may lose data', async () => {
    const refused = requireDurability(await careless.database('probe'));
    await expect(refused).rejects.toThrow(/fsync = off[\s\S]*full_page_writes = off/);
  });

  it('sees what a role has been given, too', async () => {
    const owner = await durable.database('probe');
    await owner.query(sql('test.careless_role', 'ALTER ROLE fechatter_probe SET synchronous_commit = off'));
    const refused = requireDurability(await durable.database('probe'));
    await expect(refused).rejects.toThrow(/synchronous_commit = off/);
  });
});
