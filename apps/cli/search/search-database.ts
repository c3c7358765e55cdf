import { join } from 'node:path';
import { z } from 'zod';
import { readConfig } from '#config/config.js';
import { url } from '#config/variable.js';
import { createDataSource } from '#database/data-source.js';
import { Database } from '#database/database.js';
import { findRunningPostgres } from '#servers/running-postgres.js';
import { searchDataSource } from '../../search/src/search.data-source.js';
import { onGivenDatabase } from '../given-database.js';

const SearchDatabaseConfig = z.object({
  DATABASE_OWNER_URL: url('postgres', 'postgresql').optional().describe('PostgreSQL as the owner of the schemas'),
  FECHATTER_DATA_DIR: z.string().default('./data').describe('folder of the database'),
});

/** Works on the database of the installation as one who sees the log and its index. */
export async function withSearchDatabase<Result>(work: (database: Database) => Promise<Result>): Promise<Result> {
  const { DATABASE_OWNER_URL, FECHATTER_DATA_DIR } = readConfig(SearchDatabaseConfig);
  const databaseUrl = DATABASE_OWNER_URL ?? runningIn(FECHATTER_DATA_DIR);
  return onGivenDatabase('Fechatter', async () => {
    const pool = { max: 2, acquireTimeoutMs: 5_000, statementTimeoutMs: 60_000 };
    const database = new Database(await createDataSource(databaseUrl, searchDataSource, pool).initialize());
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  });
}

function runningIn(folder: string): string {
  const admin = findRunningPostgres(join(folder, 'postgres'));
  if (admin === undefined) throw new Error(`No PostgreSQL runs in ${folder}: npm start starts it.`);
  return new URL('/fechatter', admin).href;
}
