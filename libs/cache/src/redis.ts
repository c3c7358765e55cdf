import { createClient } from '@redis/client';
import type { HealthIndicator } from '#telemetry/health-indicator.js';
import { Logger } from '#telemetry/logger.js';

type Client = ReturnType<typeof createClient>;

/** Thrown instead of waiting: Redis is not connected, hangs, or is being left alone after a hang. */
class RedisUnavailable extends Error {
  constructor(reason: string) {
    super(`Redis is not available: ${reason}`);
    this.name = 'RedisUnavailable';
  }
}

/**
 * The connection of this process to Redis. It connects and reconnects by itself in the background; commands never wait
 * for that. The client's own time-out covers only commands that are not yet written, hence the one here.
 */
export class RedisConnection {
  private readonly logger = new Logger('cache.redis');
  private readonly client: Client;
  private restUntil = 0;
  private complained = false;

  constructor(
    url: string,
    private readonly timeoutMs = 50,
    private readonly restMs = 1_000,
  ) {
    this.client = createClient({
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: 500, reconnectStrategy: (attempt) => Math.min(100 * attempt, 2_000) },
    });
    this.client.on('error', (error: unknown) => {
      if (!this.complained) this.logger.warn('Redis is away; going on without it', { reason: String(error) });
      this.complained = true;
    });
    this.client.on('ready', () => {
      this.complained = false;
      this.logger.info('Connected to Redis');
    });
    this.client.connect().catch(() => undefined);
  }

  /** Whether a command would be tried now. */
  get isReady(): boolean {
    return this.client.isReady && Date.now() >= this.restUntil;
  }

  /** Runs commands within the time-out. Throws RedisUnavailable, or what Redis answers. */
  async run<Result>(commands: (client: Client) => Promise<Result>): Promise<Result> {
    if (!this.client.isReady) throw new RedisUnavailable('not connected');
    if (Date.now() < this.restUntil) throw new RedisUnavailable('it did not answer in time a moment ago');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.restUntil = Date.now() + this.restMs;
        reject(new RedisUnavailable(`no answer within ${this.timeoutMs} ms`));
      }, this.timeoutMs);
    });
    try {
      return await Promise.race([commands(this.client), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Redis only ever degrades a process. */
  get indicator(): HealthIndicator {
    return {
      name: 'redis',
      required: false,
      check: async () => {
        await this.run((client) => client.ping());
        return { state: 'up' };
      },
    };
  }

  /** Closes without waiting for anything. */
  close(): void {
    this.client.destroy();
  }
}
