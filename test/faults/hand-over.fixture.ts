import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { startNats } from '#servers/nats.js';
import { startRedis } from '#servers/redis.js';
import type { ReadyMessage } from '#service/run.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { dataSources } from '../../apps/standalone/src/data-sources.js';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const deathMs = 15_000;

const outbox = sql('spec.outbox', 'SELECT chat_id, max(version) AS version FROM chat.access_outbox GROUP BY chat_id');
const heads = sql('spec.heads', 'SELECT chat_id, access_version FROM message.chat_heads WHERE chat_id = ANY($1)');
const removal = sql(
  'spec.removal',
  'SELECT removal FROM chat.workspace_users WHERE workspace_id = $1 AND user_id = $2',
);
const denial = sql('spec.denial', 'SELECT FROM message.workspace_denials WHERE workspace_id = $1 AND user_id = $2');

/** One app as a process of its own, over NATS. It ends when this process ends. */
export class AppProcess {
  private output = '';
  private readonly ended: Promise<NodeJS.Signals | number>;

  private constructor(
    private readonly app: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000)));
    }
    this.ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number);
  }

  /** Answers when it serves, with the port where people connect, if it is for them. */
  static async start(app: string, env: NodeJS.ProcessEnv): Promise<{ process: AppProcess; port: number | undefined }> {
    const child = spawn(process.execPath, [join(dist, `apps/${app}/src/main.js`)], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const started = new AppProcess(app, child);
    const ready = once(child, 'message').then(([message]) => message as ReadyMessage);
    const first = await Promise.race([ready, started.ended]);
    if (typeof first === 'object') return { process: started, port: first.port };
    throw new Error(`${app} ended while starting (${first}):\n${started.output}`);
  }

  /** How it ended without having been asked to: the name of a signal or an exit code. */
  async death(): Promise<NodeJS.Signals | number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.app} lives on:\n${this.output}`)), deathMs);
    });
    return Promise.race([this.ended, late]).finally(() => clearTimeout(timer));
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

/** Real servers with a migrated database, and the apps that a test starts on them. */
export class Installation {
  private readonly running = new Set<AppProcess>();

  private constructor(
    private readonly database: TestDatabase,
    private readonly chat: Database,
    private readonly message: Database,
    private readonly env: NodeJS.ProcessEnv,
    private readonly closeServers: () => Promise<void>,
  ) {}

  /** PostgreSQL with fsync, NATS and Redis, on free ports. */
  static async start(): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'fechatter-hand-over-'));
    const [database, nats, redis] = await Promise.all([
      testDatabase(dataSources, { durability: 'on' }),
      startNats({ dir: join(folder, 'nats') }),
      startRedis({ dir: join(folder, 'redis') }),
    ]);
    const env = {
      ...{ NODE_ENV: 'test', LOG_LEVEL: 'warn', PORT: '0', HEALTH_PORT: '0', RATE_LIMITS: 'off' },
      ...{ NATS_URL: nats.url, REDIS_URL: redis.url, FECHATTER_VALIDATE_REPLIES: 'true' },
      ...{ FECHATTER_SECRET: 'secret of this test', FECHATTER_BUS_SECRET: 'bus secret of this test' },
    };
    const [chat, message] = await Promise.all([database.database('chat'), database.database('message')]);
    return new Installation(database, chat, message, env, async () => {
      await Promise.all([nats.stop(), redis.stop(), database.close()]);
      await rm(folder, { recursive: true, force: true });
    });
  }

  /** Starts a replica of a service. `crashAt` is the place where it will die by SIGKILL. */
  async service(app: 'auth' | 'chat' | 'message', { crashAt = '', healthPort = 0 } = {}): Promise<AppProcess> {
    const { process } = await AppProcess.start(app, {
      ...this.env,
      ...(crashAt === '' ? {} : { FECHATTER_CRASH_AT: crashAt }),
      DATABASE_URL: this.database.url(app),
      HEALTH_PORT: String(healthPort),
    });
    this.running.add(process);
    return process;
  }

  /** Starts a gateway that waits so long for an answer, and answers its URL. */
  async gateway(requestTimeoutMs: number): Promise<string> {
    const env = { ...this.env, REQUEST_TIMEOUT_MS: String(requestTimeoutMs) };
    const { process, port } = await AppProcess.start('gateway', env);
    this.running.add(process);
    return `http://127.0.0.1:${port}`;
  }

  /** For each chat with open hand-overs: whether message has applied all of them. */
  async openHandOvers(): Promise<boolean[]> {
    const open = await this.chat.query<{ chat_id: number; version: number }>(outbox, []);
    const ids = open.map(({ chat_id }) => chat_id);
    const known = await this.message.query<{ chat_id: number; access_version: number }>(heads, [ids]);
    const applied = new Map(known.map(({ chat_id, access_version }) => [chat_id, access_version]));
    return open.map(({ chat_id, version }) => (applied.get(chat_id) ?? 0) >= version);
  }

  /** How far the removal of somebody from a workspace has got, and whether message denies them. */
  async removalOf(
    workspaceId: number,
    userId: number,
  ): Promise<{ step: string | null | undefined; isDenied: boolean }> {
    const about = [workspaceId, userId];
    const [row] = await this.chat.query<{ removal: string | null }>(removal, about);
    return { step: row?.removal, isDenied: (await this.message.query(denial, about)).length > 0 };
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map((process) => process.stop()));
    await this.closeServers();
  }
}
