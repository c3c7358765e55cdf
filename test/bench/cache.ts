import 'reflect-metadata';
import { rmSync } from 'node:fs';
import { Module } from '@nestjs/common';
import { ModuleRef, NestFactory } from '@nestjs/core';
import { Bulkhead } from '#cache/bulkhead.js';
import { CachedValues } from '#cache/cached-values.js';
import { Generation } from '#cache/generation.js';
import { patterns } from '#cache/patterns.js';
import { RedisConnection } from '#cache/redis.js';
import { RedisStore } from '#cache/redis-store.js';
import type { User } from '#contracts/user.contract.js';
import { Database } from '#database/database.js';
import { startRedis } from '#servers/redis.js';
import { authDataSource } from '../../apps/auth/src/auth.data-source.js';
import { UserRepository } from '../../apps/auth/src/user/user.repository.js';
import type { Bench, Figure, Setting } from './bench.js';
import { hits } from './cache-hits.js';
import { warming } from './cache-warming.js';
import { compare, takeTurns, type Side } from './rounds.js';
import { dataFolder } from './subject.js';
import { withStore } from './store.js';

const users = 10_000;
/** A page of messages has a handful of senders, a list of members many. */
const sizes = [1, 5, 100, 1_000];

/** What a cached value costs in each layer, against the statement that it saves. */
export const cache: Bench = {
  name: 'cache',
  about: 'users from memory, Redis and PostgreSQL; a service instance kept and made anew; warming; hits under the mix',
  topologies: ['standalone'],
  run: async (setting) => {
    const ofUsers = await withStore(async ({ admin, database }) => {
      await admin.query(`INSERT INTO auth.users (email, username)
        SELECT 'user' || n || '@example.com', 'user' || n FROM generate_series(1, ${users}) n`);
      await admin.query('VACUUM ANALYZE auth.users');
      return [...(await layers(setting, new UserRepository(database))), ...(await instances(setting, database))];
    }, authDataSource);
    return { figures: [...ofUsers, ...(await warming(setting)), ...(await hits(setting))] };
  },
};

async function layers(setting: Setting, repository: UserRepository): Promise<Figure[]> {
  const dir = dataFolder('cache-redis');
  const server = await startRedis({ dir });
  const redis = new RedisConnection(server.url, 5_000);
  while (!redis.isReady) await new Promise(setImmediate);
  try {
    const memory = cached(repository, undefined, 3_600_000);
    const shared = cached(repository, new RedisStore(redis, new Generation(redis, 'user')), 0);
    const figures: Figure[] = [];
    for (const size of sizes) {
      const what = `${size} ${size === 1 ? 'user' : 'users'}`;
      const rounds = await takeTurns(setting, what, [
        side(setting, 'memory', size, (ids) => memory.getOrComputeMany(ids)),
        side(setting, 'Redis', size, (ids) => shared.getOrComputeMany(ids)),
        side(setting, 'the statement', size, (ids) => repository.findMany(ids)),
      ]);
      for (const layer of ['memory', 'Redis'])
        figures.push({ name: `${what} from ${layer}`, unit: 'reads/s', ...compare(rounds, layer, 'the statement') });
    }
    return figures;
  } finally {
    redis.close();
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function cached(
  repository: UserRepository,
  store: RedisStore | undefined,
  localMs: number,
): CachedValues<number, User> {
  const load = async (ids: readonly number[]) =>
    new Map((await repository.findMany(ids)).map((user) => [user.id, { value: user }]));
  const layers = { store, invalidations: { publish: () => undefined }, bulkhead: new Bulkhead(16, 1_000) };
  return new CachedValues<number, User>({ ...patterns.user, localMs }, load, layers);
}

/** One after the other, each for the next users. */
function side(setting: Setting, name: string, size: number, read: (ids: number[]) => Promise<unknown>): Side {
  const slices = Array.from({ length: users / 1_000 }, (_, slice) =>
    Array.from({ length: size }, (_unused, index) => slice * 1_000 + index + 1),
  );
  return {
    name,
    measure: async () => {
      for (const ids of slices) await read(ids);
      return { perSecond: await perSecond(setting, (round) => read(slices[round % slices.length]!)) };
    },
  };
}

async function instances(setting: Setting, database: Database): Promise<Figure[]> {
  @Module({ providers: [{ provide: Database, useValue: database }, UserRepository] })
  class Kept {}
  const app = await NestFactory.createApplicationContext(Kept, { logger: false });
  const maker = app.select(Kept).get(ModuleRef);
  const rounds = await takeTurns(setting, 'service instance', [
    once('kept by the container', async () => app.get(UserRepository), setting),
    once('made by the container each time', () => maker.create(UserRepository), setting),
  ]);
  const kept = compare(rounds, 'kept by the container', 'made by the container each time');
  return [{ name: 'service instance kept by the container', unit: 'uses/s', ...kept }];
}

function once(name: string, use: () => Promise<unknown>, setting: Setting): Side {
  return { name, measure: async () => ({ perSecond: await perSecond(setting, use) }) };
}

async function perSecond({ quick }: Setting, work: (round: number) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  const until = started + (quick ? 300 : 1_000);
  let done = 0;
  for (; performance.now() < until; done++) await work(done);
  return (1_000 * done) / (performance.now() - started);
}
