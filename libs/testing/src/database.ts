import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource, type PoolSettings, type ServiceDataSource } from '#database/data-source.js';
import { Database } from '#database/database.js';
import { migrate } from '#database/migrate.js';
import { prepareDatabase, type PreparedDatabase } from '#database/prepare.js';
import { startPostgres, type PostgresOptions, type PostgresServer } from '#servers/postgres.js';

/** A real PostgreSQL with a fresh, migrated database, for one spec file. */
export interface TestDatabase {
  readonly ownerUrl: string;
  readonly adminUrl: string;
  readonly server: PostgresServer;
  /** Starts the server anew after it has ended, on the same port and data. */
  startAgain(): Promise<PostgresServer>;
  /** Connection URL of a service's role. */
  url(schema: string): string;
  /** A Database of a service's role; all are closed by `close`. */
  database(schema: string, pool?: PoolSettings): Promise<Database>;
  close(): Promise<void>;
}

/** `durability: 'on'` for specs that speak about crashes; otherwise fsync is off. `settings` as in postgresql.conf. */
export async function testDatabase(
  services: readonly ServiceDataSource[],
  { durability = 'off', settings = {} }: Pick<PostgresOptions, 'durability' | 'settings'> = {},
): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'fechatter-test-'));
  const start = (port?: number) =>
    startPostgres({ dataDir: join(folder, 'postgres'), durability, settings, ...(port !== undefined && { port }) });
  let server = await start();
  const opened: Database[] = [];
  const schemas = services.map((service) => service.schema);
  const close = async () => {
    await Promise.all(opened.map((database) => database.close()));
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const password = randomBytes(16).toString('hex');
    const prepared: PreparedDatabase = await prepareDatabase({
      adminUrl: server.adminUrl,
      database: 'fechatter_test',
      services: schemas,
      passwordOf: () => password,
    });
    await migrate(prepared.ownerUrl, services);
    return {
      ownerUrl: prepared.ownerUrl,
      adminUrl: server.adminUrl,
      server,
      startAgain: async () => (server = await start(server.port)),
      url: (schema) => prepared.urlOf(schema),
      database: async (schema, pool) => {
        const service = services.find((candidate) => candidate.schema === schema);
        if (service === undefined) throw new Error(`This test database has no schema ${schema}`);
        const database = new Database(await createDataSource(prepared.urlOf(schema), service, pool).initialize());
        opened.push(database);
        return database;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
