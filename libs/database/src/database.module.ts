import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { ConnectionMonitor } from './connection.monitor.js';
import { Database } from './database.js';
import { createDataSource, type PoolSettings, type ServiceDataSource } from './data-source.js';
import { DatabaseIndicator } from './database.indicator.js';

/** Gives an app its `Database`, connected before the app starts and closed after its last handler. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ConnectionMonitor) private readonly monitor: ConnectionMonitor,
  ) {}

  static register(url: string, service: ServiceDataSource, pool?: PoolSettings): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        {
          provide: Database,
          useFactory: async () => new Database(await createDataSource(url, service, pool).initialize(), pool?.prepared),
        },
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
      exports: [Database, DatabaseIndicator],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.monitor.stop();
    await this.database.close();
  }
}
