import { expect } from '@jest/globals';
import { createDataSource, type ServiceDataSource } from '#database/data-source.js';
import type { TestDatabase } from './database.js';

/** Fails with the missing SQL where entities and migrations disagree. */
export async function expectNoDrift(database: TestDatabase, service: ServiceDataSource): Promise<void> {
  const dataSource = await createDataSource(database.ownerUrl, service).initialize();
  try {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  } finally {
    await dataSource.destroy();
  }
}
