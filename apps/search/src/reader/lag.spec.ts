import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { logRpc, type Head, type LogEntry } from '#contracts/log.contract.js';
import { FechatterError } from '#contracts/error.js';
import { configureLogging } from '#telemetry/logger.js';
import { metrics } from '#telemetry/metrics.js';
import { eventually } from '#testing/eventually.js';
import { messageOf, openPostgresEngine, type OpenEngine } from '../engine/engine.fixture.js';
import type { Engine } from '../engine/engine.js';
import { ChatQueue } from './chat-queue.js';
import { ComparisonService } from './comparison.service.js';
import { Pace } from './pace.js';
import { ReaderService } from './reader.service.js';

const chatId = 7;
const entry: LogEntry = {
  ...{ type: 'message.created', chat_id: chatId, seq: 1 },
  data: { message: messageOf('found in the end', { chat_id: chatId, seq: 1, version: 1 }) },
};

let opened: OpenEngine;
let bus: LocalBus;
let queue: ChatQueue;
let recent: readonly Head[];
/** What does not work at the moment: writing to the index, or finding out what is behind. */
let broken: 'index' | 'heads' | undefined;
/** How often it was tried. */
let tries: number;
let stop: () => Promise<void>;

beforeEach(async () => {
  configureLogging('silent', 'test');
  opened = await openPostgresEngine();
  bus = new LocalBus({ freeze: true });
  [recent, broken, tries] = [[], undefined, 0];
  const answer = { queue: 'message' };
  bus.serve(logRpc.follow, async () => ({ entries: [entry], has_more: false, last_seq: 1, epoch: 1 }), answer);
  bus.serve(logRpc.allHeads, async () => ({ heads: [], has_more: false }), answer);
  bus.serve(
    logRpc.recentHeads,
    async () => {
      failWhile('heads');
      return { heads: [...recent], epoch: 1 };
    },
    answer,
  );
  queue = new ChatQueue();
  const pace = new Pace({ isHigh: false, watch: () => () => undefined });
  const engine = failing(opened.engine);
  const services = [new ReaderService(bus, queue, engine, pace), new ComparisonService(bus, queue, engine, pace)];
  for (const service of services) service.onApplicationBootstrap();
  stop = async () => {
    for (const service of services) await service.beforeApplicationShutdown();
  };
});
afterEach(async () => {
  await stop();
  await bus.close();
  await opened.close();
});

function failWhile(what: typeof broken): void {
  if (broken !== what) return;
  tries += 1;
  throw new FechatterError('UNAVAILABLE');
}

/** It cannot write while the index is broken. */
function failing(engine: Engine): Engine {
  return Object.assign(Object.create(engine) as Engine, {
    apply: async (...moves: Parameters<Engine['apply']>) => {
      failWhile('index');
      return engine.apply(...moves);
    },
  });
}

/** What an alert sees. */
async function shown(name: string): Promise<number | undefined> {
  const value = new RegExp(`^fechatter_search_${name} (\\S+)$`, 'm').exec(await metrics.metrics())?.[1];
  return value === undefined ? undefined : Number(value);
}

async function expectCaughtUp(): Promise<void> {
  broken = undefined;
  await eventually(async () => (await opened.engine.positions(1, [chatId])).get(chatId) === 1, 'it is indexed');
  await eventually(async () => (await shown('lag_seconds')) === 0, 'nothing waits any more');
  await eventually(async () => (await shown('lag_entries')) === 0, 'nothing is behind');
}

it('grows for as long as indexing fails, also of a chat that has not changed lately any more', async () => {
  broken = 'index';
  recent = [{ chat_id: chatId, last_seq: 1 }];
  queue.push(chatId, [entry]);
  const since = performance.now();
  await eventually(() => tries >= 3, 'it was tried again');
  const seconds = (performance.now() - since) / 1_000;
  expect(await shown('lag_seconds')).toBeGreaterThanOrEqual(seconds);
  expect([await shown('lag_entries'), await shown('waiting_chats')]).toEqual([1, 1]);
  recent = [];
  tries = 0;
  await eventually(() => tries >= 2, 'it is tried on');
  expect(await shown('lag_seconds')).toBeGreaterThan(seconds);
  await expectCaughtUp();
});

it('grows for as long as nobody knows what is behind, and how much that is is not told', async () => {
  await eventually(async () => (await shown('lag_entries')) === 0, 'it was known');
  broken = 'heads';
  await eventually(() => tries >= 1, 'it is not known');
  const since = performance.now();
  await eventually(() => tries >= 3, 'it was tried again');
  const seconds = (performance.now() - since) / 1_000;
  expect(await shown('lag_seconds')).toBeGreaterThanOrEqual(seconds);
  expect(await shown('lag_entries')).toBeUndefined();
  recent = [{ chat_id: chatId, last_seq: 1 }];
  await expectCaughtUp();
});
