import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NatsBus } from '#bus/nats-bus.js';
import { audit, type Difference } from '#cache/auditor.js';
import { Cache } from '#cache/cache.js';
import type { CachedValues } from '#cache/cached-values.js';
import type { CachePattern } from '#cache/pattern.js';
import { patterns } from '#cache/patterns.js';
import { readConfig } from '#config/config.js';
import { authRpc } from '#contracts/auth.contract.js';
import { userRpc, type User } from '#contracts/user.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { startNats } from '#servers/nats.js';
import { startRedis } from '#servers/redis.js';
import type { SystemServer } from '#servers/system-server.js';
import type { RunningApp } from '#service/app.js';
import { configureLogging } from '#telemetry/logger.js';
import { asService } from '#testing/caller.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { authApp } from './auth.app.js';
import { AuthConfig } from './auth.config.js';
import { authDataSource } from './auth.data-source.js';
import { anyone, callerOf, client, password } from './auth.fixture.js';
import { UserRepository } from './user/user.repository.js';

const hour = 3_600_000;

let folder: string;
let nats: SystemServer;
let redis: SystemServer;
let test: TestDatabase;

beforeAll(async () => {
  configureLogging('error', 'test');
  folder = await mkdtemp(join(tmpdir(), 'fechatter-auth-'));
  [nats, redis, test] = await Promise.all([
    startNats({ dir: join(folder, 'nats') }),
    startRedis({ dir: join(folder, 'redis') }),
    testDatabase([authDataSource]),
  ]);
});
afterAll(async () => {
  await Promise.all([nats.stop(), redis.stop(), test.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** As a process of its own: with a connection to NATS and, where there is one, to Redis. */
class Process {
  private constructor(
    readonly bus: NatsBus,
    readonly cache: Cache,
    private readonly values: CachedValues<number, User>,
    private readonly app: RunningApp,
  ) {}

  static async start(env: Record<string, string>): Promise<Process> {
    const bus = await NatsBus.connect({ url: nats.url, secret: 'a bus secret for tests', name: 'auth' });
    const given = { DATABASE_URL: test.url('auth'), FECHATTER_SECRET: 'a secret for tests, long enough', ...env };
    // Which of two processes answers is chance on the bus: the cache itself is asked.
    const made = jest.spyOn(Cache.prototype, 'values');
    const app = await authApp.start({ config: readConfig(AuthConfig, given), bus, validateReplies: true });
    const [cache, values] = [made.mock.contexts[0] as Cache, made.mock.results[0]?.value as CachedValues<number, User>];
    made.mockRestore();
    return new Process(bus, cache, values, app);
  }

  async name(id: number): Promise<string | undefined> {
    return (await this.values.getOrCompute(id))?.username;
  }

  /** How many values all processes have in Redis. */
  async shared(): Promise<number> {
    return (await this.values.shared()).length;
  }

  /** What of its cached values is not as stored. Undefined where nothing is cached. */
  async differences(): Promise<readonly Difference[] | undefined> {
    const audits = await Promise.all(this.cache.auditables.map((values) => audit(values, Number)));
    return audits.every(({ compared }) => compared > 0) ? audits.flatMap(({ differences }) => differences) : undefined;
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.bus.close();
  }
}

describe.each([
  ['without a Redis', () => ({})],
  ['on one Redis', () => ({ AUTH_REDIS_URL: redis.url })],
])('Two processes of auth %s', (where, env: () => Record<string, string>) => {
  let processes: [Process, Process];

  beforeAll(async () => {
    const pattern: CachePattern = patterns.user;
    jest.replaceProperty(pattern, 'localMs', hour);
    jest.replaceProperty(pattern, 'negativeMs', hour);
    processes = [await Process.start(env()), await Process.start(env())];
    const personal = async ({ user_id }: { user_id: number }) => ({ workspace_id: user_id, chat_id: user_id });
    processes[0].bus.serve(workspaceRpc.ensurePersonal, personal, { queue: 'chat' });
  });
  afterAll(async () => {
    for (const process of processes) await process.stop();
    jest.restoreAllMocks();
  });

  const register = async (name: string) => {
    const username = `${name}-${where.length}`;
    const request = { email: `${username}@example.com`, username, password, client };
    return processes[0].bus.call(authRpc.register, request, { as: anyone, timeoutMs: 14_000 });
  };
  const names = (id: number) => Promise.all(processes.map((process) => process.name(id)));

  /** Who changed something hears of it too, and forgets it once more. */
  async function expectAsStored(id: number): Promise<void> {
    for (const process of processes) {
      const differences = await eventually(async () => {
        await process.name(id);
        return process.differences();
      });
      expect(differences).toEqual([]);
    }
  }

  it('show a new name that one of them has stored, long before the old one has run out', async () => {
    const login = await register('ada');
    const { id, username } = login.user;
    expect(await names(id)).toEqual([username, username]);
    await processes[1].bus.call(userRpc.updateMe, { username: `lovelace-${where.length}` }, { as: callerOf(login) });
    await eventually(async () => (await names(id)).every((name) => name === `lovelace-${where.length}`));
    await expectAsStored(id);
    expect(await processes[0].shared()).toBe(where === 'on one Redis' ? 1 : 0);
  });

  it('show a new user at once, also to who had asked before there was one', async () => {
    const { id: before } = (await register('first')).user;
    expect(await names(before + 1)).toEqual([undefined, undefined]);
    const { id, username } = (await register('second')).user;
    expect(id).toBe(before + 1);
    await eventually(async () => (await names(id)).every((name) => name === username));
    expect(await names(id + 1)).toEqual([undefined, undefined]);
    const request = { workspace_id: where.length, names: [`a sender ${where.length}`] };
    const imported = await processes[1].bus.call(userRpc.ensurePlaceholders, request, { as: asService('chat') });
    expect(imported.user_ids).toEqual([id + 1]);
    await eventually(async () => (await names(id + 1)).every((name) => name?.startsWith('a_sender')));
  });

  it('load with half of their connections at most, so that nobody who signs in waits for it', async () => {
    const { opened, open } = gate();
    const loading = jest.spyOn(UserRepository.prototype, 'findMany').mockImplementation(async () => {
      await opened;
      return [];
    });
    const asked = Array.from({ length: 20 }, (_, index) => processes[0].name(1_000_000 + index));
    await eventually(() => loading.mock.calls.length > 0);
    await register('bob');
    expect(loading).toHaveBeenCalledTimes(5);
    open();
    await Promise.all(asked);
    loading.mockRestore();
  });
});
