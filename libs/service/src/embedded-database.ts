import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ServiceDataSource } from '#database/data-source.js';
import { migrate } from '#database/migrate.js';
import { prepareDatabase, type PreparedDatabase } from '#database/prepare.js';
import { startPostgres, type PostgresServer } from '#servers/postgres.js';
import { Logger } from '#telemetry/logger.js';
import { separateSlowStatements } from './slow-statements.js';
import { SupervisedServer } from './supervised-server.js';

const logger = new Logger('servers.postgres');

/** The PostgreSQL of this process: started with it, prepared, migrated, restarted when it dies, stopped with it. */
export class EmbeddedDatabase {
  private constructor(
    private readonly server: SupervisedServer<PostgresServer>,
    readonly prepared: PreparedDatabase,
  ) {}

  /**
   * `folder` is the installation's data folder. `onGone` is called when PostgreSQL keeps dying: the process has no reason
   * to go on then. Throws a ServerError with a sentence for the person.
   */
  static async start(
    folder: string,
    services: readonly ServiceDataSource[],
    onGone: (reason: string) => void,
  ): Promise<EmbeddedDatabase> {
    const dataDir = join(folder, 'postgres');
    const log = separateSlowStatements(
      (statement) => logger.warn('Slow statement', { ...statement }),
      (line) => logger.debug(line),
    );
    const server = await SupervisedServer.start(
      'PostgreSQL',
      (port) => startPostgres({ dataDir, log, ...(port !== undefined && { port }) }),
      onGone,
    );
    try {
      return new EmbeddedDatabase(server, await prepare(server.current.adminUrl, services));
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}

async function prepare(adminUrl: string, services: readonly ServiceDataSource[]): Promise<PreparedDatabase> {
  // The roles' passwords live as long as this process: nobody else needs them.
  const password = randomBytes(24).toString('base64url');
  const prepared = await prepareDatabase({
    adminUrl,
    database: 'fechatter',
    services: services.map(({ schema }) => schema),
    passwordOf: () => password,
  });
  const ran = await migrate(prepared.ownerUrl, services);
  if (ran.length > 0) logger.info('Migrated', { migrations: ran });
  return prepared;
}
