import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceDataSource } from '#database/data-source.js';
import { migrate } from '#database/migrate.js';
import { prepareDatabase, type PreparedDatabase } from '#database/prepare.js';
import { startPostgres, type PostgresServer } from '#servers/postgres.js';
import { Logger } from '#telemetry/logger.js';

const logger = new Logger('standalone.postgres');
const mostRestarts = 5;
const restartsWithinMs = 60_000;

/** The PostgreSQL of this process: started with it, prepared, migrated, restarted when it dies, stopped with it. */
export class EmbeddedDatabase {
  private stopping = false;
  private readonly restarts: number[] = [];

  private constructor(
    private readonly dataDir: string,
    private server: PostgresServer,
    private readonly onGone: (reason: string) => void,
    readonly prepared: PreparedDatabase,
  ) {}

  /** `onGone` is called when PostgreSQL keeps dying: the process has no reason to go on then. */
  static async start(
    folder: string,
    services: readonly ServiceDataSource[],
    onGone: (reason: string) => void,
  ): Promise<EmbeddedDatabase> {
    const dataDir = join(folder, 'postgres');
    const server = await startPostgres({ dataDir, log: (line) => logger.debug(line) });
    // The roles' passwords live as long as this process: nobody else needs them.
    const password = randomBytes(24).toString('base64url');
    const prepared = await prepareDatabase({
      adminUrl: server.adminUrl,
      database: 'fechatter',
      services: services.map(({ schema }) => schema),
      passwordOf: () => password,
    });
    const ran = await migrate(prepared.ownerUrl, services);
    if (ran.length > 0) logger.info('Migrated', { migrations: ran });
    const database = new EmbeddedDatabase(dataDir, server, onGone, prepared);
    database.watch();
    return database;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.server.stop();
  }

  private watch(): void {
    void this.server.exited.then(async (how) => {
      if (this.stopping) return;
      logger.warn('PostgreSQL ended by itself and is started again', { how });
      await this.restart();
    });
  }

  private async restart(): Promise<void> {
    for (;;) {
      const now = Date.now();
      while (this.restarts[0] !== undefined && this.restarts[0] < now - restartsWithinMs) this.restarts.shift();
      if (this.restarts.push(now) > mostRestarts) return this.onGone('PostgreSQL died five times within a minute.');
      try {
        const { port } = this.server;
        this.server = await startPostgres({ dataDir: this.dataDir, port, log: (line) => logger.debug(line) });
        if (this.stopping) return await this.server.stop();
        return this.watch();
      } catch (error) {
        logger.error('PostgreSQL could not be started again', error);
        await pause(1_000);
      }
    }
  }
}
