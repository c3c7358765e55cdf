import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startRedis } from '#servers/redis.js';
import type { SystemServer } from '#servers/system-server.js';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { RedisConnection } from './redis.js';

const crowd = 20;
const late = 'no answer within 50 ms';
const refused = 'it did not answer in time a moment ago';

describe('The connection to a Redis that hangs', () => {
  let folder: string;
  let server: SystemServer;
  let redis: RedisConnection;

  beforeEach(async () => {
    configureLogging('silent', 'test');
    folder = await mkdtemp(join(tmpdir(), 'fechatter-redis-'));
    server = await startRedis({ dir: folder });
    redis = new RedisConnection(server.url, 50, 500);
    await eventually(() => redis.isReady);
    server.pause();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    redis.close();
    server.resume();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ping = () => redis.run((client) => client.ping());

  /** What became of so many commands at once. */
  async function outcomes(): Promise<string[]> {
    const settled = await Promise.allSettled(Array.from({ length: crowd }, ping));
    return settled.map((one) =>
      one.status === 'fulfilled' ? one.value : (one.reason as Error).message.replace(/^.*: /, ''),
    );
  }

  it('is waited for by nobody after the first, however long it hangs, and used as soon as it answers in time', async () => {
    await expect(ping()).rejects.toThrow(late);
    // Some rests, and what lies between them.
    for (const until = performance.now() + 1_800; performance.now() < until; await pause(10)) {
      expect(redis.isReady).toBe(false);
      expect(await outcomes()).toEqual(Array.from({ length: crowd }, () => refused));
    }
    server.resume();
    await eventually(async () => (await outcomes()).every((outcome) => outcome === 'PONG'));
  });

  it('keeps a bounded number of commands that wait for an answer', async () => {
    await expect(
      redis.run((client) => Promise.all(Array.from({ length: 10_001 }, () => client.ping()))),
    ).rejects.toThrow('The queue is full');
  });

  it('is tried again also when the clock was put back meanwhile', async () => {
    await expect(ping()).rejects.toThrow(late);
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
    server.resume();
    await eventually(() => redis.isReady);
  });
});
