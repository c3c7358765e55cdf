import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { ConnectionMonitor } from './connection.monitor.js';
import { Database } from './database.js';
import { createDataSource, defaultPool, type PoolSettings, type ServiceDataSource } from './data-source.js';
import { DatabaseIndicator } from './database.indicator.js';
import { Pools } from './pools.js';

/** Connections out of a service's pool for statements that must not wait behind all others. */
export interface Lane {
  /** What its pool is called in metrics, behind the name of the service. */
  readonly name: string;
  /** By which it is injected. */
  readonly token: new (...args: ConstructorParameters<typeof Database>) => Database;
  readonly max: number;
  /** Where it is another than that of the pool. */
  readonly statementTimeoutMs?: number;
  /** Whether it uses all of its connections whenever there is much to do. */
  readonly fullIsNormal?: boolean;
}

/** Gives an app its `Database`, connected before the app starts and closed after its last handler. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    private readonly pools: Pools,
    private readonly monitor: ConnectionMonitor,
  ) {}

  /** `pool` has the connections of the lane too. */
  static register(url: string, service: ServiceDataSource, pool = defaultPool, lane?: Lane): DynamicModule {
    const open = async (kind: Lane['token'], part: ServiceDataSource, settings: PoolSettings) => {
      const { prepared, statementTimeoutMs } = settings;
      // Behind PgBouncer sessions have the time-outs of their role, and a lane has to say what else it wants.
      const own = prepared === false && statementTimeoutMs !== pool.statementTimeoutMs ? statementTimeoutMs : undefined;
      return new kind(await createDataSource(url, part, settings).initialize(), prepared, own);
    };
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
        {
          provide: Pools,
          useFactory: (database: Database, ...others: Database[]) =>
            new Pools([
              { name: service.schema, database },
              ...lanes.map(({ name, fullIsNormal = false }, index) => ({
                name: `${service.schema}.${name}`,
                database: others[index]!,
                fullIsNormal,
              })),
            ]),
          inject: tokens,
        },
        { provide: ConnectionMonitor, useFactory: ({ all }: Pools) => new ConnectionMonitor(all), inject: [Pools] },
        {
          provide: DatabaseIndicator,
          useFactory: (database: Database, { all }: Pools) => new DatabaseIndicator(database, service, all),
          inject: [Database, Pools],
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
