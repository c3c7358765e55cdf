import { join } from 'node:path';
import { eventually } from '#testing/eventually.js';
import { freePort } from '#servers/free-port.js';
import { startNats } from '#servers/nats.js';
import { startRedis } from '#servers/redis.js';
import { Installation, type Service } from '../installation.js';
import { FaultProxy } from '../network/fault-proxy.js';
import { Part } from './part.js';
import { postgresProcess } from './postgres-process.js';

const host = '127.0.0.1';
/** Limits are counted in Redis, and refuse nobody. */
const limits = {
  RATE_LIMITS: 'on',
  LIMIT_SENDS_PER_SECOND: '1000000',
  LIMIT_REQUESTS_PER_MINUTE: '1000000',
  LIMIT_SEARCHES_PER_MINUTE: '1000000',
};

/** One process of each app, every one behind networks of its own, of which each can be taken away. */
export class Stage {
  private constructor(
    readonly url: string,
    /** The health port of the gateway. */
    private readonly operationsUrl: string,
    readonly parts: Readonly<Record<'Redis' | 'NATS' | 'PostgreSQL' | Service, Part>>,
    private readonly networks: readonly FaultProxy[],
    private readonly installation: Installation,
  ) {}

  static async build(): Promise<Stage> {
    const installation = await Installation.start();
    const { databases, nats, redis, folder } = installation;
    const networkTo = (port: number) => FaultProxy.start({ host, port });
    const [toRedis, toPostgres] = [await networkTo(redis.port), await networkTo(databases.server.port)];
    const toNats: FaultProxy[] = [];
    const natsUrl = async () => {
      const network = await networkTo(nats.port);
      toNats.push(network);
      return { network, url: `nats://${host}:${network.port}` };
    };
    const service = async (app: Service): Promise<Part> => {
      const { network, url } = await natsUrl();
      const database = new URL(installation.databaseUrl(app));
      database.port = String(toPostgres.port);
      const start = () => installation.service(app, { env: { NATS_URL: url, DATABASE_URL: database.href } });
      return new Part(await start(), start, [network]);
    };
    const [auth, chat, search, message] = await Promise.all([
      service('auth'),
      service('chat'),
      service('search'),
      service('message'),
    ]);
    const { url } = await natsUrl();
    const healthPort = await freePort();
    const gateway = await installation.gateway({
      ...limits,
      HEALTH_PORT: String(healthPort),
      NATS_URL: url,
      REDIS_URL: `redis://${host}:${toRedis.port}`,
    });
    const again = {
      nats: { dir: join(folder, 'nats'), port: nats.port },
      redis: { dir: join(folder, 'redis'), port: redis.port },
    };
    const parts = {
      Redis: new Part(redis, () => startRedis(again.redis), [toRedis]),
      NATS: new Part(nats, () => startNats(again.nats), toNats),
      PostgreSQL: new Part(
        postgresProcess(databases.server),
        async () => postgresProcess(await databases.startAgain()),
        [toPostgres],
      ),
      ...{ auth, chat, message, search },
    };
    return new Stage(
      gateway.url,
      `http://${host}:${healthPort}`,
      parts,
      [toRedis, toPostgres, ...toNats],
      installation,
    );
  }

  /** Waits until the gateway uses Redis, or has noticed that it cannot. */
  async untilRedisIs(state: 'up' | 'missed'): Promise<void> {
    await eventually(async () => {
      const answer = await fetch(`${this.operationsUrl}/admin/production/health`);
      const { dependencies } = (await answer.json()) as { dependencies: { name: string; state: string }[] };
      return dependencies.some((part) => part.name === 'redis' && part.state === 'up') === (state === 'up');
    }, `Redis is ${state}`);
  }

  async close(): Promise<void> {
    await this.installation.close();
    await Promise.all(Object.values(this.parts).map((part) => part.stop()));
    await Promise.all(this.networks.map((network) => network.close()));
  }
}
