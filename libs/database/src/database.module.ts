import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { ConnectionMonitor } from './connection.monitor.js';
import { Database } from './database.js';
import { createDataSource, defaultPool, type PoolSettings, type ServiceDataSource } from './data-source.js';
import { DatabaseIndicator } from './database.indicator.js';

/** Connections out of a service's pool for statements that must not wait behind all others. */
export interface Lane {
  /** By which it is injected. */
  readonly token: new (...args: ConstructorParameters<typeof Database>) => Database;
  readonly max: number;
  /** Where it is another than that of the pool. */
  readonly statementTimeoutMs?: number;
}

/** All connections of a service: its pool, and its lane where it has one. */
export class Pools {
  constructor(private readonly databases: readonly Database[]) {}

  get max(): number {
    return this.databases.reduce((sum, database) => sum + database.poolState().max, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.databases.map((database) => database.close()));
  }
}

/** Gives an app its `Database`, connected before the app starts and closed after its last handler. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(Pools) private readonly pools: Pools,
    @Inject(ConnectionMonitor) private readonly monitor: ConnectionMonitor,
  ) {}

  /** `pool` has the connections of the lane too. */
  static register(url: string, service: ServiceDataSource, pool = defaultPool, lane?: Lane): DynamicModule {
    const open = async (kind: Lane['token'], part: ServiceDataSource, settings: PoolSettings) =>
      new kind(await createDataSource(url, part, settings).initialize(), settings.prepared);
    const lanes = lane === undefined ? [] : [lane];
    const tokens = [Database, ...lanes.map(({ token }) => token)];
    return {
      module: DatabaseModule,
      providers: [
        {
          provide: Database,
          useFactory: () => open(Database, service, { ...pool, max: pool.max - (lane?.max ?? 0) }),
        },
        ...lanes.map(({ token, max, statementTimeoutMs = pool.statementTimeoutMs }) => ({
          provide: token,
          useFactory: () =>
            open(token, { ...service, entities: [], migrations: [] }, { ...pool, max, statementTimeoutMs }),
        })),
        { provide: Pools, useFactory: (...databases: Database[]) => new Pools(databases), inject: tokens },
        {
          provide: ConnectionMonitor,
          useFactory: (database: Database) => new ConnectionMonitor(service.schema, database),
          inject: [Database],
        },
        {
          provide: DatabaseIndicator,
          useFactory: (database: Database) => new DatabaseIndicator(database, service),
          inject: [Database],
        },
      ],
      exports: [DatabaseIndicator, ...tokens],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.monitor.stop();
    await this.pools.close();
  }
}
