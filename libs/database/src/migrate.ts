import pg from 'pg';
import { createDataSource, type ServiceDataSource } from './data-source.js';

/** Any number, the same for every migrator of Fechatter: only one works at a time. */
const advisoryLock = 4_270_001;

/**
 * Brings the schemas up to this build, one migration a transaction, as the owner. Waits while another migrator works.
 * Answers the names of the migrations that it ran.
 */
export async function migrate(ownerUrl: string, services: readonly ServiceDataSource[]): Promise<string[]> {
  const lock = new pg.Client({ connectionString: ownerUrl });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [advisoryLock]);
    const ran: string[] = [];
    for (const service of services) ran.push(...(await migrateOne(ownerUrl, service)));
    return ran;
  } finally {
    await lock.end();
  }
}

async function migrateOne(ownerUrl: string, service: ServiceDataSource): Promise<string[]> {
  const dataSource = createDataSource(ownerUrl, service, { max: 1, acquireTimeoutMs: 5_000, statementTimeoutMs: 0 });
  await dataSource.initialize();
  try {
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    return ran.map((migration) => migration.name);
  } finally {
    await dataSource.destroy();
  }
}
