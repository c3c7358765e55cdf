import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@redis/client';
import type { HealthIndicator } from '#telemetry/health-indicator.js';
import { Logger } from '#telemetry/logger.js';

type Client = ReturnType<typeof createClient>;

/** Lua that Redis runs as one step. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** The arguments of one run of a script on one key. */
export interface ScriptCall {
  readonly key: string;
  readonly values: readonly (string | number)[];
}

export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Thrown instead of waiting: Redis is not connected, hangs, or is being left alone after a hang. */
class RedisUnavailable extends Error {
  constructor(reason: string) {
    super(`Redis is not available: ${reason}`);
    this.name = 'RedisUnavailable';
  }
}

/** Commands that wait for an answer at once: what timed out waits on in the client until Redis goes on or is lost. */
const mostQueued = 10_000;

/**
 * The connection of this process to Redis. It connects and reconnects by itself in the background; commands never wait
 * for that. The client's own time-out covers only commands that are not yet written, hence the one here. After a hang
 * all do without Redis until a ping, for which nobody waits, is answered in time.
 */
export class RedisConnection {
  private readonly logger = new Logger('cache.redis');
  private readonly client: Client;
  private readonly returned = new Set<() => void>();
  private isResting = false;
  private complained = false;
  private wasReady = false;

  constructor(
    url: string,
    private readonly timeoutMs = 50,
    private readonly restMs = 1_000,
  ) {
    this.client = createClient({
      url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: mostQueued,
      socket: { connectTimeout: 500, reconnectStrategy: (attempt) => Math.min(100 * attempt, 2_000) },
    });
    this.client.on('error', (error: unknown) => {
      if (!this.complained) this.logger.warn('Redis is away; going on without it', { reason: String(error) });
      this.complained = true;
    });
    this.client.on('ready', () => {
      this.complained = false;
      this.logger.info('Connected to Redis');
      if (this.wasReady) for (const listener of this.returned) listener();
      this.wasReady = true;
    });
    this.client.connect().catch(() => undefined);
  }

  /** Whether a command would be tried now. */
  get isReady(): boolean {
    return this.client.isReady && !this.isResting;
  }

  /** Runs commands within the time-out. Throws RedisUnavailable, or what Redis answers. */
  async run<Result>(commands: (client: Client) => Promise<Result>): Promise<Result> {
    if (!this.client.isReady) throw new RedisUnavailable('not connected');
    if (this.isResting) throw new RedisUnavailable('it did not answer in time a moment ago');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        void this.rest();
        reject(new RedisUnavailable(`no answer within ${this.timeoutMs} ms`));
      }, this.timeoutMs);
    });
    try {
      return await Promise.race([commands(this.client), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs a script for each of the keys, within one time-out. Redis keeps scripts that it has seen. */
  async script(script: Script, calls: readonly ScriptCall[]): Promise<unknown[]> {
    return this.run((client) => Promise.all(calls.map((call) => evaluate(client, script, call))));
  }

  /** `listener` runs whenever Redis is back after the connection was lost: it may have forgotten what it was told. */
  onReturn(listener: () => void): void {
    this.returned.add(listener);
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

  /** Leaves Redis alone until it answers in time, which is asked after each rest. */
  private async rest(): Promise<void> {
    if (this.isResting) return;
    this.isResting = true;
    do await pause(this.restMs, undefined, { ref: false });
    while (this.client.isOpen && !(await this.answersInTime()));
    this.isResting = false;
  }

  private async answersInTime(): Promise<boolean> {
    const asked = performance.now();
    return this.client.ping().then(
      () => performance.now() - asked < this.timeoutMs,
      () => false,
    );
  }
}

async function evaluate(client: Client, { sha, text }: Script, { key, values }: ScriptCall): Promise<unknown> {
  const options = { keys: [key], arguments: values.map(String) };
  try {
    return await client.evalSha(sha, options);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return client.eval(text, options);
  }
}
