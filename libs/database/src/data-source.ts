import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';
import './bigint.js';
import { sessionTimeouts } from './session-timeouts.js';

/** What makes one service's part of the database: its schema, its entities, its migrations in order. */
export interface ServiceDataSource {
  readonly schema: string;
  readonly entities: readonly (EntitySchema | (new () => object))[];
  readonly migrations: readonly (new () => MigrationInterface)[];
}

export interface PoolSettings {
  /** Most connections of this process: (cores * 2) + spindles of the database host, shared out over the processes. */
  readonly max: number;
  /** How long a caller waits for a connection before it gets UNAVAILABLE. */
  readonly acquireTimeoutMs: number;
  /** After which PostgreSQL ends a statement; 0: never, as migrations need it. */
  readonly statementTimeoutMs: number;
  /**
   * Whether statements are prepared by name on their connection, which is told its time-outs when it begins. Not behind
   * a PgBouncer in transaction mode that is older than 1.21, where each transaction may meet another connection, or that
   * refuses such parameters.
   */
  readonly prepared?: boolean;
}

export const defaultPool: PoolSettings = {
  max: 10,
  acquireTimeoutMs: 3_000,
  statementTimeoutMs: sessionTimeouts.statement_timeout,
};

/** How much later than PostgreSQL ends a statement its caller gives up: then PostgreSQL is not heard of any more. */
const graceMs = 2_000;

/** A TypeORM DataSource on a pool with the guide's settings; not yet connected. */
export function createDataSource(
  url: string,
  service: ServiceDataSource,
  pool: PoolSettings = defaultPool,
): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    schema: service.schema,
    entities: [...service.entities],
    migrations: [...service.migrations],
    migrationsTableName: 'migration',
    synchronize: false,
    applicationName: `fechatter-${service.schema}`,
    extra: {
      max: pool.max,
      // The guide keeps ten: the pool of a service at work has as many as it needs, and one at rest takes none from others.
      min: 1,
      connectionTimeoutMillis: pool.acquireTimeoutMs,
      idleTimeoutMillis: 600_000,
      maxLifetimeSeconds: 1_800,
      // Idle connections that lead nowhere are found in half a minute; the kernel alone would take two hours.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // What has been sent is repeated by the kernel for a quarter of an hour, and keep-alive waits for that.
      query_timeout: pool.statementTimeoutMs === 0 ? 0 : pool.statementTimeoutMs + graceMs,
      // Sent when a connection begins. PgBouncer refuses them unless it is told to ignore them; there the settings of the
      // roles hold (`prepare.ts`).
      ...(pool.prepared !== false && { ...sessionTimeouts, statement_timeout: pool.statementTimeoutMs }),
    },
  });
}
