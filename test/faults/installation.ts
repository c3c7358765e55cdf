import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '#database/database.js';
import { startNats } from '#servers/nats.js';
import { startRedis } from '#servers/redis.js';
import type { SystemServer } from '#servers/system-server.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { dataSources } from '../../apps/standalone/src/data-sources.js';
import { AppProcess } from './app-process.js';

export type Service = 'auth' | 'chat' | 'message' | 'search';

/** A gateway, and where people connect to it. */
export interface Gateway {
  readonly process: AppProcess;
  readonly port: number;
  readonly url: string;
}

/** Real servers with a migrated database, and the apps that a test starts on them. */
export class Installation {
  private readonly running = new Set<AppProcess>();

  private constructor(
    readonly databases: TestDatabase,
    readonly folder: string,
    readonly nats: SystemServer,
    readonly redis: SystemServer,
    private readonly env: NodeJS.ProcessEnv,
    private readonly closeServers: () => Promise<void>,
  ) {}

  /** PostgreSQL, NATS and Redis, on free ports. `durability: 'on'` where something crashes. */
  static async start({ durability = 'off' }: { durability?: 'on' | 'off' } = {}): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'fechatter-faults-'));
    const [databases, nats, redis] = await Promise.all([
      testDatabase(dataSources, { durability }),
      startNats({ dir: join(folder, 'nats') }),
      startRedis({ dir: join(folder, 'redis') }),
    ]);
    const env = {
      ...{ NODE_ENV: 'test', LOG_LEVEL: 'warn', PORT: '0', HEALTH_PORT: '0', RATE_LIMITS: 'off' },
      ...{ NATS_URL: nats.url, REDIS_URL: redis.url, FECHATTER_VALIDATE_REPLIES: 'true' },
      ...{ FECHATTER_SECRET: 'secret of this test', FECHATTER_BUS_SECRET: 'bus secret of this test' },
    };
    return new Installation(databases, folder, nats, redis, env, async () => {
      await Promise.all([nats.stop(), redis.stop(), databases.close()]);
      await rm(folder, { recursive: true, force: true });
    });
  }

  /** Looks into the tables of a service. */
  database(schema: 'auth' | 'chat' | 'message'): Promise<Database> {
    return this.databases.database(schema);
  }

  /** As the role of a service. */
  databaseUrl(app: Service): string {
    return this.databases.url(app);
  }

  /** Starts a replica of a service. `crashAt` is the place where it will die by SIGKILL, `env` more of its environment. */
  async service(
    app: Service,
    { crashAt = '', healthPort = 0, env = {} }: { crashAt?: string; healthPort?: number; env?: NodeJS.ProcessEnv } = {},
  ): Promise<AppProcess> {
    const { process } = await AppProcess.start(app, {
      ...this.env,
      ...(crashAt === '' ? {} : { FECHATTER_CRASH_AT: crashAt }),
      DATABASE_URL: this.databaseUrl(app),
      HEALTH_PORT: String(healthPort),
      ...env,
    });
    this.running.add(process);
    return process;
  }

  /** Starts a gateway with more of an environment; `script`: another program than the app's own. */
  async gateway(env: NodeJS.ProcessEnv = {}, script?: string): Promise<Gateway> {
    const { process, port } = await AppProcess.start('gateway', { ...this.env, ...env }, script);
    this.running.add(process);
    return { process, port: port as number, url: `http://127.0.0.1:${port}` };
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map((process) => process.stop()));
    await this.closeServers();
  }
}
